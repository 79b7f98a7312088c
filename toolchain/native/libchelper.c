/*
 * The C half of SubstrateVM's own classes (com.oracle.svm.core.*): GraalVM ships it compiled, in no artifact of its
 * own. Written from the @CFunction declarations; the images are for the baseline CPU, so nothing is probed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amd64cpufeatures.h"

extern char **environ;

char **getEnviron(void) { return environ; }

int openSII(const char *path, int flags, int mode) { return open(path, flags, mode); }

int fprintfSD(FILE *out, const char *format, char *string, int number) { return fprintf(out, format, string, number); }

void codeSynchronization_clearCache(char *start, long size) { __builtin___clear_cache(start, start + size); }

/* TimeZone: nothing here reads the host's zone. */
char *SVM_FindJavaTZmd(const char *mappings, int length) {
    (void)mappings;
    (void)length;
    return strdup("UTC");
}

/* x86-64-v1, which is what -march=compatibility compiles for. */
void determineCPUFeatures(CPUFeatures *features) {
    memset(features, 0, sizeof *features);
    features->fCX8 = features->fCMOV = features->fFXSR = features->fMMX = 1;
    features->fSSE = features->fSSE2 = features->fTSC = 1;
}

int checkCPUFeatures(void *required) {
    (void)required;
    return 0;
}

int checkCPUFeaturesOrExit(void *required, char *message) {
    (void)required;
    (void)message;
    return 0;
}

/* sun.misc.Signal: a handler that counts, and a semaphore for the thread that dispatches. */
#define SIGNALS 65

static sem_t arrived;
static int is_open;
static long pending[SIGNALS];

static int in_range(int signal) { return signal > 0 && signal < SIGNALS; }

static void count(int signal) {
    int saved = errno;
    if (in_range(signal)) {
        __atomic_add_fetch(&pending[signal], 1, __ATOMIC_SEQ_CST);
        sem_post(&arrived);
    }
    errno = saved;
}

int cSunMiscSignal_open(void) {
    if (__atomic_exchange_n(&is_open, 1, __ATOMIC_SEQ_CST)) {
        errno = EBUSY;
        return -1;
    }
    return sem_init(&arrived, 0, 0);
}

int cSunMiscSignal_close(void) {
    is_open = 0;
    return sem_destroy(&arrived);
}

int cSunMiscSignal_await(void) { return sem_wait(&arrived); }

int cSunMiscSignal_post(void) { return sem_post(&arrived); }

int cSunMiscSignal_signalRangeCheck(int signal) { return in_range(signal); }

long cSunMiscSignal_getCount(int signal) {
    return in_range(signal) ? __atomic_load_n(&pending[signal], __ATOMIC_SEQ_CST) : -1;
}

/* Answers the count before it went down; 0 when there was nothing to take. */
long cSunMiscSignal_decrementCount(int signal) {
    if (!in_range(signal)) {
        return -1;
    }
    long seen = __atomic_load_n(&pending[signal], __ATOMIC_SEQ_CST);
    while (seen > 0 && !__atomic_compare_exchange_n(&pending[signal], &seen, seen - 1, 0, __ATOMIC_SEQ_CST,
                                                    __ATOMIC_SEQ_CST)) {
    }
    return seen;
}

void *cSunMiscSignal_countingHandlerFunctionPointer(void) { return (void *)count; }
