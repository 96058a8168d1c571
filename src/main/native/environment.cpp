// Loaded before OpenBLAS and OpenMP, which read the environment once, when they are loaded: one BLAS thread (FAISS brings
// its own), and idle OpenMP threads that sleep instead of spinning. What the user has set stays.
//
// Java threads may be reading the environment at this moment, so it is not changed in place, as setenv would: a longer
// copy takes its place, and the old one is left as it was.

#include <cstdlib>
#include <cstring>

extern "C" char** environ;

namespace {

char SETTINGS[][32] = {
        "OPENBLAS_NUM_THREADS=1",
        "OMP_WAIT_POLICY=PASSIVE",
        "GOMP_SPINCOUNT=0",
};

__attribute__((constructor)) void extend_environment() {
    size_t n = 0;
    while (environ != nullptr && environ[n] != nullptr) {
        n++;
    }
    constexpr size_t more = sizeof SETTINGS / sizeof *SETTINGS;
    char** longer = static_cast<char**>(std::calloc(n + more + 1, sizeof(char*)));
    if (longer == nullptr) {
        return;
    }
    if (n > 0) {
        std::memcpy(longer, environ, n * sizeof(char*));
    }
    for (char* setting : SETTINGS) {
        char name[sizeof SETTINGS[0]];
        std::strcpy(name, setting);
        *std::strchr(name, '=') = '\0';
        if (std::getenv(name) == nullptr) {
            longer[n++] = setting;
        }
    }
    environ = longer;
}

} // namespace
