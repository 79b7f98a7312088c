/*
 * What an image believes its stack to be. An image asks the C library, and musl answers for the first thread with what
 * is mapped so far: 132 KiB, found out page by page. So SubstrateVM starts main in a second thread there, which a
 * process that makes user namespaces and forks in Java must not have. This answer goes before musl's: down to where
 * RLIMIT_STACK lets the stack grow, 8 MiB at most, and in one call.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/resource.h>

#define MOST (8UL << 20)
#define LEAST (128UL << 10) /* execve(2) gives as much, whatever the limit */
#define PAGE 4096UL

int pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes) {
    (void)thread; /* there is one */
    /* The program's name lies at the very top, above the environment and the arguments; they count against the limit. */
    uintptr_t top = (getauxval(AT_EXECFN) | (PAGE - 1)) + 1;
    struct rlimit limit;
    uintptr_t size = MOST;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < size) {
        size = limit.rlim_cur < LEAST ? LEAST : limit.rlim_cur;
    }
    size &= -PAGE;
    int failed = pthread_attr_init(attributes);
    return failed ? failed : pthread_attr_setstack(attributes, (void *)(top - size), size);
}
