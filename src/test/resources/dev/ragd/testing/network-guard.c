/*
 * Preloaded into a process and its children: writes every attempt to reach something other than this machine to a file,
 * and refuses it before a packet leaves. Names are resolved by the C library with calls that cannot be intercepted, so
 * resolving is intercepted itself.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void note(const char *call, const char *target) {
    const char *file = getenv("NETWORK_GUARD_LOG");
    char comm[64] = "?", line[512];
    int in = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
    if (in >= 0) {
        ssize_t n = read(in, comm, sizeof comm - 1);
        comm[n > 0 ? n - 1 : 0] = 0;
        close(in);
    }
    int length = snprintf(line, sizeof line, "%s %s by %s (%d)\n", call, target, comm, getpid());
    if (length >= (int) sizeof line) length = sizeof line - 1;
    int out = file ? open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    /* A guard that cannot write must not let the attempt look like none. */
    if (out < 0 || write(out, line, length) != length) abort();
    close(out);
}

/* True when the address is another machine's, which is noted. */
static int foreign(const char *call, const struct sockaddr *address) {
    char host[INET6_ADDRSTRLEN] = "?", target[128];
    int port = 0;
    if (!address) return 0;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *) address;
        if ((ntohl(v4->sin_addr.s_addr) >> 24) == 127) return 0;
        /* Connecting to 0.0.0.0 reaches this machine. */
        if (v4->sin_addr.s_addr == 0) return 0;
        inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
        port = ntohs(v4->sin_port);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) address;
        const struct in6_addr *a = &v6->sin6_addr;
        if (IN6_IS_ADDR_LOOPBACK(a) || IN6_IS_ADDR_UNSPECIFIED(a)) return 0;
        if (IN6_IS_ADDR_V4MAPPED(a) && (a->s6_addr[12] == 127 || memcmp(a->s6_addr + 12, "\0\0\0\0", 4) == 0)) return 0;
        if (IN6_IS_ADDR_V4MAPPED(a)) inet_ntop(AF_INET, a->s6_addr + 12, host, sizeof host);
        else inet_ntop(AF_INET6, a, host, sizeof host);
        port = ntohs(v6->sin6_port);
    } else {
        return 0; /* local sockets, kernel interfaces */
    }
    snprintf(target, sizeof target, "%s port %d", host, port);
    note(call, target);
    errno = ENETUNREACH;
    return 1;
}

#define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

int connect(int fd, const struct sockaddr *address, socklen_t length) {
    return foreign("connect", address) ? -1 : REAL(connect)(fd, address, length);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length) {
    return foreign("sendto", address) ? -1 : REAL(sendto)(fd, data, size, flags, address, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    return foreign("sendmsg", message->msg_name) ? -1 : REAL(sendmsg)(fd, message, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags) {
    for (unsigned int i = 0; i < count; i++)
        if (foreign("sendmmsg", messages[i].msg_hdr.msg_name)) return -1;
    return REAL(sendmmsg)(fd, messages, count, flags);
}

/* Loopback by name or number needs no server, and neither does this machine's own name once it is read as loopback. */
static const char *local(const char *name) {
    struct in_addr v4;
    struct in6_addr v6;
    char self[256] = "";
    if (!name || inet_pton(AF_INET, name, &v4) == 1 || inet_pton(AF_INET6, name, &v6) == 1) return name;
    if (strcmp(name, "localhost") == 0) return name;
    gethostname(self, sizeof self - 1);
    return strcmp(name, self) == 0 ? "127.0.0.1" : 0;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    const char *known = local(name);
    if (name && !known) {
        note("resolve", name);
        return EAI_FAIL;
    }
    return REAL(getaddrinfo)(known, service, hints, result);
}

struct hostent *gethostbyname(const char *name) {
    const char *known = local(name);
    if (!known) {
        note("resolve", name);
        h_errno = NO_RECOVERY;
        return 0;
    }
    return REAL(gethostbyname)(known);
}
