/*
 * The part of the virtual machine that the JDK's native libraries call (jvm.h), for an image, where there is no such
 * machine. What start-up and ordinary code reach is real; lib/natives.sh appends STUB(name) for the rest.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Called by com.oracle.svm.core.posix.headers Jvm.initialize, so that the linker keeps this library. */
void initialize(void) {}

/* Optional look-ups only, made at start: nothing is loaded at run time. */
void *JVM_FindLibraryEntry(void *handle, const char *name) {
    (void)handle;
    (void)name;
    return 0;
}

long JVM_MaxMemory(void) { return 0x7fffffffffffffffL; }

unsigned char JVM_IsSupportedJNIVersion(int version) {
    (void)version;
    return 1;
}

unsigned char JVM_IsUseContainerSupport(void) { return 0; }

int JVM_GetInterfaceVersion(void) { return 6; }

char *JVM_NativePath(char *path) { return path; }

int JVM_ActiveProcessorCount(void) {
    cpu_set_t allowed;
    return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed)
                                                               : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

long JVM_NanoTime(void *env, void *unused) {
    struct timespec now;
    (void)env;
    (void)unused;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

long JVM_CurrentTimeMillis(void *env, void *unused) {
    struct timespec now;
    (void)env;
    (void)unused;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* -1 when the difference would not fit, as jvm.h says. */
long JVM_GetNanoTimeAdjustment(void *env, void *unused, long offset_seconds) {
    struct timespec now;
    (void)env;
    (void)unused;
    clock_gettime(CLOCK_REALTIME, &now);
    long seconds = now.tv_sec - offset_seconds;
    if (seconds > 0x100000000L || seconds < -0x100000000L) {
        return -1;
    }
    return seconds * 1000000000L + now.tv_nsec;
}

void *JVM_RawMonitorCreate(void) {
    pthread_mutex_t *monitor = malloc(sizeof *monitor);
    if (monitor) {
        pthread_mutex_init(monitor, 0);
    }
    return monitor;
}

void JVM_RawMonitorDestroy(void *monitor) {
    pthread_mutex_destroy(monitor);
    free(monitor);
}

int JVM_RawMonitorEnter(void *monitor) { return pthread_mutex_lock(monitor); }

void JVM_RawMonitorExit(void *monitor) { pthread_mutex_unlock(monitor); }

void JVM_BeforeHalt(void) {}

void JVM_Halt(int code) { exit(code); }

/* As jvm_io.h says: -1 when the text was cut, always terminated. */
int jio_vsnprintf(char *text, size_t size, const char *format, va_list arguments) {
    if (size == 0) {
        return -1;
    }
    int length = vsnprintf(text, size, format, arguments);
    return length >= (int)size ? -1 : length;
}

int jio_snprintf(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = jio_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

int jio_vfprintf(FILE *out, const char *format, va_list arguments) { return vfprintf(out, format, arguments); }

int jio_fprintf(FILE *out, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vfprintf(out, format, arguments);
    va_end(arguments);
    return length;
}

static void absent(const char *name) {
    fprintf(stderr, "%s: an image has no virtual machine to ask\n", name);
    abort();
}

#define STUB(name) \
    void name(void) { absent(#name); }
