/* touched LAYOUT CODE HEAP PROGRAM [arguments]: runs a program instruction by instruction and prints, in the order in
   which they are first touched, the keys of its methods and of the objects of its image heap.

   LAYOUT is what the image builder wrote (property layout.file); CODE and HEAP are the addresses of its code and heap
   sections, in hexadecimal. Children are followed; whatever executes another program is let go. */
#define _GNU_SOURCE
#include <capstone/capstone.h>
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

typedef unsigned long address;

struct thing {
    address from, to;
    char *key;
    int touched;
};

struct things {
    struct thing *all;
    size_t count, room;
};

static struct things methods, objects;
static address code, heap;
static struct stat image;

static void die(const char *what) {
    fprintf(stderr, "touched: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void add(struct things *to, address from, address size, const char *key) {
    if (to->count == to->room) {
        to->room = to->room ? to->room * 2 : 1024;
        to->all = realloc(to->all, to->room * sizeof *to->all);
    }
    to->all[to->count++] = (struct thing){from, from + size, strdup(key), 0};
}

static int by_address(const void *a, const void *b) {
    const struct thing *one = a, *other = b;
    return one->from < other->from ? -1 : one->from > other->from;
}

static void read_layout(const char *path) {
    char line[65536], kind;
    unsigned long offset, size;
    int key;
    FILE *file = fopen(path, "r");
    if (!file) die(path);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (sscanf(line, "%c %lu %lu %n", &kind, &offset, &size, &key) != 3) continue;
        if (kind == 'm') add(&methods, code + offset, size, line + key);
        else add(&objects, heap + offset, size, line + key);
    }
    fclose(file);
    qsort(methods.all, methods.count, sizeof *methods.all, by_address);
    qsort(objects.all, objects.count, sizeof *objects.all, by_address);
}

static void touch(struct things *among, address at) {
    size_t low = 0, high = among->count;
    if (!high || at < among->all[0].from || at >= among->all[high - 1].to) return;
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;
        if (among->all[middle].from <= at) low = middle; else high = middle;
    }
    struct thing *thing = &among->all[low];
    if (at < thing->to && !thing->touched) {
        thing->touched = 1;
        puts(thing->key);
    }
}

/* What an instruction reads or writes: registers, as offsets into struct user_regs_struct, and numbers. */
struct operand {
    short base, index;
    int scale, size;
    long displacement;
    address after; /* of the instruction: for rip */
};

struct decoded {
    address at;
    int count;
    struct operand operands[3];
};

#define BUCKETS (1 << 20)
static struct decoded *cache[BUCKETS];
static csh engine;

#define REG(name) ((short)offsetof(struct user_regs_struct, name))
static short place(x86_reg reg) {
    switch (reg) {
    case X86_REG_RAX: return REG(rax); case X86_REG_RBX: return REG(rbx); case X86_REG_RCX: return REG(rcx);
    case X86_REG_RDX: return REG(rdx); case X86_REG_RSI: return REG(rsi); case X86_REG_RDI: return REG(rdi);
    case X86_REG_RBP: return REG(rbp); case X86_REG_RSP: return REG(rsp); case X86_REG_R8: return REG(r8);
    case X86_REG_R9: return REG(r9); case X86_REG_R10: return REG(r10); case X86_REG_R11: return REG(r11);
    case X86_REG_R12: return REG(r12); case X86_REG_R13: return REG(r13); case X86_REG_R14: return REG(r14);
    case X86_REG_R15: return REG(r15); case X86_REG_RIP: return REG(rip);
    default: return -1;
    }
}

static struct decoded *decode(pid_t pid, address at) {
    struct decoded **slot = &cache[(at * 2654435761u) % BUCKETS];
    if (*slot && (*slot)->at == at) return *slot;
    unsigned char bytes[16] = {0};
    for (int i = 0; i < 2; i++) {
        errno = 0;
        long word = ptrace(PTRACE_PEEKTEXT, pid, at + 8 * i, 0);
        if (errno) break;
        memcpy(bytes + 8 * i, &word, 8);
    }
    if (!*slot) *slot = malloc(sizeof **slot);
    **slot = (struct decoded){.at = at};
    cs_insn *instruction;
    if (!cs_disasm(engine, bytes, sizeof bytes, at, 1, &instruction)) return *slot;
    cs_x86 *x86 = &instruction->detail->x86;
    for (int i = 0; i < x86->op_count && (*slot)->count < 3; i++) {
        if (x86->operands[i].type != X86_OP_MEM || instruction->id == X86_INS_LEA || instruction->id == X86_INS_NOP) continue;
        x86_op_mem *m = &x86->operands[i].mem;
        (*slot)->operands[(*slot)->count++] = (struct operand){place(m->base), place(m->index), m->scale, x86->operands[i].size,
            m->disp, at + instruction->size};
    }
    cs_free(instruction, 1);
    return *slot;
}

static void step(pid_t pid) {
    struct user_regs_struct regs;
    if (ptrace(PTRACE_GETREGS, pid, 0, &regs)) return;
    touch(&methods, regs.rip);
    struct decoded *what = decode(pid, regs.rip);
    for (int i = 0; i < what->count; i++) {
        struct operand *o = &what->operands[i];
        address at = o->displacement;
        if (o->base == REG(rip)) at += o->after;
        else if (o->base >= 0) at += *(address *)((char *)&regs + o->base);
        if (o->index >= 0) at += *(address *)((char *)&regs + o->index) * o->scale;
        touch(&objects, at);
        if (o->size > 8) touch(&objects, at + o->size - 1);
    }
}

static int is_image(pid_t pid) {
    char path[64];
    struct stat now;
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    return !stat(path, &now) && now.st_size == image.st_size;
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    code = strtoul(argv[2], 0, 16);
    heap = strtoul(argv[3], 0, 16);
    read_layout(argv[1]);
    if (stat(argv[4], &image)) die(argv[4]);
    if (cs_open(CS_ARCH_X86, CS_MODE_64, &engine)) die("capstone");
    cs_option(engine, CS_OPT_DETAIL, CS_OPT_ON);
    int out = dup(1);
    pid_t first = fork();
    if (!first) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        dup2(2, 1);
        close(out);
        execv(argv[4], argv + 4);
        die(argv[4]);
    }
    int status;
    waitpid(first, &status, 0);
    ptrace(PTRACE_SETOPTIONS, first, 0, PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC);
    ptrace(PTRACE_CONT, first, 0, 0);
    pid_t pid;
    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            /* Whoever outlives it, as an init that waits for its start, is let go when this process ends. */
            if (pid == first) return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
            continue;
        }
        int signal = WSTOPSIG(status), event = status >> 16;
        if (event == PTRACE_EVENT_EXEC && !is_image(pid)) {
            ptrace(PTRACE_DETACH, pid, 0, 0);
            continue;
        }
        if (signal == SIGTRAP || signal == SIGSTOP) signal = 0;
        if (!event && !signal && is_image(pid)) step(pid);
        ptrace(PTRACE_SINGLESTEP, pid, 0, signal);
    }
    return 1;
}
