/* The builder's own two questions to its host (com.oracle.svm.hosted.ProgressReporterCHelper). */
#include <jni.h>
#include <sys/resource.h>

JNIEXPORT jlong JNICALL Java_com_oracle_svm_hosted_ProgressReporterCHelper_getPeakRSS0(JNIEnv *env, jclass type) {
    struct rusage usage;
    (void)env;
    (void)type;
    getrusage(RUSAGE_SELF, &usage);
    return (jlong)usage.ru_maxrss * 1024;
}

/* The builder's output goes to a log. */
JNIEXPORT jint JNICALL Java_com_oracle_svm_hosted_ProgressReporterCHelper_getTerminalWindowColumns0(JNIEnv *env,
                                                                                                    jclass type) {
    (void)env;
    (void)type;
    return 80;
}
