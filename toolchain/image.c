/* What every image has of C. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

/* A variable of the C library, which Java cannot reach: environ(7). */
char **carafe_environ(void) { return environ; }

/*
 * What an image believes its stack to be. An image asks the C library, and musl answers for the first thread with what
 * is mapped so far: 132 KiB, found out page by page. So SubstrateVM starts main in a second thread there, which a
 * process that makes user namespaces and forks in Java must not have. This answer goes before musl's: down to where
 * RLIMIT_STACK lets the stack grow, 8 MiB at most, and in one call.
 */
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

/*
 * And what it believes the machine's memory to be. An image makes its heap a part of that, and takes no notice of
 * RLIMIT_AS and RLIMIT_DATA: a collection that finds no room for its copies ends the process with a dump of itself.
 * What the limits leave is answered here in the place of the machine's memory (the linker's --wrap=sysconf), so that
 * the heap is exhausted first, which is an OutOfMemoryError and a line.
 */
#define LEAST_MEMORY (10UL << 20) /* a heap of 4 MiB, in which an ordinary start has room; below, one of too much may not end in a line */
#define MOST_MEMORY (1UL << 30)   /* no document is worth more */

extern char __executable_start, _end;
long __real_sysconf(int name);

static uintptr_t left(int resource, uintptr_t most) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
        return most;
    }
    uintptr_t image = (uintptr_t)(&_end - &__executable_start);
    uintptr_t rest = limit.rlim_cur < image + LEAST_MEMORY ? LEAST_MEMORY : limit.rlim_cur - image;
    return rest < most ? rest : most;
}

long __wrap_sysconf(int name) {
    long answer = __real_sysconf(name);
    if (name != _SC_PHYS_PAGES || answer < 0) {
        return answer;
    }
    uintptr_t memory = (uintptr_t)answer * PAGE;
    return (long)(left(RLIMIT_DATA, left(RLIMIT_AS, memory < MOST_MEMORY ? memory : MOST_MEMORY)) / PAGE);
}
