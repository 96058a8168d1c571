// Functions of a newer glibc and GCC that a FAISS from a newer distribution calls, for building on an older one.

#include <features.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream> // starts the streams, which the library of GCC 13 does by itself

// C23 reads "0b101" as a binary number, hence the new names. FAISS parses no such thing.
#if defined(__GLIBC__) && !__GLIBC_PREREQ(2, 38)
extern "C" long __isoc23_strtol(const char* text, char** end, int base) {
    return std::strtol(text, end, base);
}

extern "C" int __isoc23_sscanf(const char* text, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int read = std::vsscanf(text, format, arguments);
    va_end(arguments);
    return read;
}
#endif

// Called where an exception leaves a noexcept function.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 14
extern "C" void __cxa_call_terminate(void*) noexcept {
    std::terminate();
}
#endif

// Only its name is needed: the streams are started by the include above.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
extern "C" void _ZSt21ios_base_library_initv() {}
#endif
