/*
 * Runs a target without libFuzzer: fuzz-TARGET [--milliseconds N] [--executions N] [--seed N]
 * [--only N] [--corpus FOLDER] [FILE...]
 *
 * The executions run in a child, so that the parent can say which one did not come back. Execution
 * N of a seed is always the same input: `--seed S --only N` runs it alone, `--save FILE` keeps it.
 * FILEs are run instead, such as libFuzzer's crash-*; --corpus writes what mutation begins with.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/number.h"
#include "fuzz/mutate.h"

#define INPUT_SIZE_MAX (1 << 24)
#define HANG_SECONDS 60 /* more than the slowest input takes under the slowest sanitizer */

struct run {
    uint64_t milliseconds;
    uint64_t executions;
    uint64_t seed;
    uint64_t only;
    const char *corpus_folder;
    const char *save_path;
    const char *const *files;
};

/* Seen by both processes. */
struct progress {
    uint64_t execution; /* that runs */
    uint64_t done;
    uint64_t accepted;
};

static struct progress *progress;

static uint64_t now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* In memory of exactly its size: a sanitizer sees the first byte that is read behind it. */
static void execute(const char *bytes, size_t size)
{
    uint8_t *copy = memory_alloc(size > 0 ? size : 1);
    memcpy(copy, bytes, size);
    alarm(HANG_SECONDS);
    LLVMFuzzerTestOneInput(copy, size);
    alarm(0);
    free(copy);
    progress->done++;
    progress->accepted = fuzz_accepted_count;
}

static void run_mutations(const struct run *run, const struct fuzz_corpus *corpus)
{
    struct text input CLEANUP(text_release);
    struct error err;
    uint64_t end = now_milliseconds() + run->milliseconds;
    bool is_one = run->only != UINT64_MAX;
    text_init(&input);
    for (uint64_t i = is_one ? run->only : 0; is_one ? i == run->only : i < run->executions; i++) {
        /* The corpus itself is always run whole. */
        if (!is_one && i >= corpus->count && run->milliseconds > 0 && now_milliseconds() >= end)
            break;
        progress->execution = i;
        mutate(corpus, run->seed, i, &input);
        if (run->save_path != NULL)
            fuzz_must(file_write_atomic(run->save_path, 0644, input.data, input.size, &err), &err);
        execute(input.data, input.size);
    }
}

static void run_files(const struct run *run)
{
    struct error err;
    for (size_t i = 0; run->files[i] != NULL; i++) {
        struct text input CLEANUP(text_release);
        text_init(&input);
        fuzz_must(file_read(run->files[i], INPUT_SIZE_MAX, &input, &err), &err);
        progress->execution = i;
        execute(input.data, input.size);
    }
}

static void write_corpus(const struct run *run, const struct fuzz_corpus *corpus)
{
    struct error err;
    fuzz_must(file_make_folders(run->corpus_folder, 0755, &err), &err);
    for (size_t i = 0; i < corpus->count; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/seed-%zu", run->corpus_folder, i);
        fuzz_must(file_write_atomic(path, 0644, corpus->items[i].data, corpus->items[i].size, &err),
                  &err);
    }
}

static void run_all(const struct run *run)
{
    struct fuzz_corpus corpus CLEANUP(fuzz_corpus_release) = {0};
    core_init();
    fuzz_seeds(&corpus);
    if (run->corpus_folder != NULL)
        write_corpus(run, &corpus);
    else if (run->files[0] != NULL)
        run_files(run);
    else
        run_mutations(run, &corpus);
}

/* ------------------------------------------------------------------------------------ options */

static bool take_option(struct run *run, const char *name, const char *value)
{
    const struct {
        const char *name;
        uint64_t *number;
        const char **text;
    } options[] = {{"--milliseconds", &run->milliseconds, NULL},
                   {"--executions", &run->executions, NULL},
                   {"--seed", &run->seed, NULL},
                   {"--only", &run->only, NULL},
                   {"--corpus", NULL, &run->corpus_folder},
                   {"--save", NULL, &run->save_path}};
    struct error err;
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        if (strcmp(name, options[i].name) != 0)
            continue;
        if (options[i].number != NULL)
            return number_parse_u64(value, strlen(value), name, options[i].number, &err);
        *options[i].text = value;
        return true;
    }
    return false;
}

/* What happened to the child, if it did not end well. */
static int judge(const char *program, const struct run *run, int status)
{
    printf("executions %" PRIu64 ", accepted %" PRIu64 "\n", progress->done, progress->accepted);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return EXIT_SUCCESS;
    if (WIFSIGNALED(status))
        printf("signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
    printf("again: %s --seed %" PRIu64 " --only %" PRIu64 "\n", program, run->seed,
           progress->execution);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct run run = {.executions = UINT64_MAX, .only = UINT64_MAX, .seed = 1};
    int at = 1, status;
    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2)
        if (!take_option(&run, argv[at], argv[at + 1])) {
            fprintf(stderr, "%s: '%s %s' is not an option\n", argv[0], argv[at], argv[at + 1]);
            return 2;
        }
    run.files = (const char *const *)argv + at;
    if (run.milliseconds == 0 && run.executions == UINT64_MAX)
        run.milliseconds = 1000;
    progress =
        mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        run_all(&run);
        exit(EXIT_SUCCESS); /* and the sanitizer looks for leaks */
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 2;
    return judge(argv[0], &run, status);
}
