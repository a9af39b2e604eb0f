#include "invoices/crew.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

#define PROGRESS_ITEMS 100
#define READ_SIZE 65536

bool crew_jobs(const struct cli *cli, unsigned *out, struct error *err)
{
    uint64_t jobs;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    *out = cores < 1 ? 1 : cores > CREW_JOBS_MAX ? CREW_JOBS_MAX : (unsigned)cores;
    if (cli_text(cli, "jobs") == NULL)
        return true;
    if (!cli_u64(cli, "jobs", &jobs, err))
        return false;
    if (jobs < 1 || jobs > CREW_JOBS_MAX)
        return error_set(err, ERROR_INPUT, "--jobs: 1 to %d", CREW_JOBS_MAX);
    *out = (unsigned)jobs;
    return true;
}

static void show_progress(const struct crew *crew, size_t done)
{
    if (done % PROGRESS_ITEMS == 0 || done == crew->count)
        fprintf(stderr, "%s: %zu of %zu %s\n", crew->name, done, crew->count, crew->items);
}

/* --------------------------------------------------------------------------- some of the items */

/* A worker's, one after the other or together. */
struct some {
    size_t first;
    size_t count;
    struct text outs[CREW_TOGETHER_MAX];
};

static void some_release(struct some *some)
{
    for (size_t i = 0; i < CREW_TOGETHER_MAX; i++)
        text_release(&some->outs[i]);
}

static void some_init(struct some *some)
{
    for (size_t i = 0; i < CREW_TOGETHER_MAX; i++)
        text_init(&some->outs[i]);
}

/* Half of what is left is for the others, so that all end at about the same time. */
static size_t how_many(const struct crew *crew, size_t next)
{
    size_t left = crew->count - next;
    size_t share = crew->jobs > 1 ? left / (2 * (size_t)crew->jobs) : left;
    size_t most = crew->work_together == NULL ? 1 : crew->together;
    assert(most <= CREW_TOGETHER_MAX);
    share = share < most ? share : most;
    return share > 0 ? share : 1;
}

static bool work_some(const struct crew *crew, struct some *some, struct error *err)
{
    for (size_t i = 0; i < some->count; i++)
        text_clear(&some->outs[i]);
    return some->count > 1
               ? crew->work_together(crew->context, some->first, some->count, some->outs, err)
               : crew->work(crew->context, some->first, &some->outs[0], err);
}

/* ---------------------------------------------------------------------------------------- alone */

static bool take_some(const struct crew *crew, const struct some *some, struct error *err)
{
    for (size_t i = 0; i < some->count; i++) {
        struct slice result = {some->outs[i].data, some->outs[i].size};
        if (!crew->take(crew->context, some->first + i, result, err))
            return false;
        show_progress(crew, some->first + i + 1);
    }
    return true;
}

static bool work_here(const struct crew *crew, struct error *err)
{
    struct some CLEANUP(some_release) some = {0};
    bool good = true;
    some_init(&some);
    for (; good && some.first < crew->count; some.first += some.count) {
        some.count = how_many(crew, some.first);
        good = work_some(crew, &some, err) && take_some(crew, &some, err);
    }
    return good;
}

static bool run_alone(const struct crew *crew, struct error *err)
{
    if (!crew->begin(crew->context, err))
        return false;
    bool good = work_here(crew, err);
    crew->end(crew->context);
    return good;
}

/* ------------------------------------------------------------------------------------- a worker */

/* What all processes see. */
struct shared {
    atomic_size_t next; /* the first item that nobody has */
    atomic_bool stop;
};

/* Before each result: of which item it is, or that the worker ends. */
struct report {
    size_t item; /* REPORT_END: it found no more; REPORT_ERROR: the bytes are a struct error */
    size_t size;
};
#define REPORT_END SIZE_MAX
#define REPORT_ERROR (SIZE_MAX - 1)

/* Who cannot report has nobody to report to. */
static void put(int file, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t written = write(file, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            _exit(EXIT_FAILURE);
        at += written;
        size -= (size_t)written;
    }
}

static void put_report(int file, size_t item, const void *bytes, size_t size)
{
    put(file, &(struct report){item, size}, sizeof(struct report));
    put(file, bytes, size);
}

/* The next that nobody has; none: no item is left. */
static void claim(const struct crew *crew, struct shared *shared, struct some *some)
{
    size_t next = atomic_load(&shared->next);
    do {
        some->first = next;
        some->count = next < crew->count ? how_many(crew, next) : 0;
    } while (some->count > 0 &&
             !atomic_compare_exchange_weak(&shared->next, &next, next + some->count));
}

static bool work_on(const struct crew *crew, struct shared *shared, int file, struct error *err)
{
    struct some CLEANUP(some_release) some = {0};
    bool good = true;
    some_init(&some);
    while (good && !atomic_load(&shared->stop)) {
        claim(crew, shared, &some);
        if (some.count == 0)
            break;
        good = work_some(crew, &some, err);
        for (size_t i = 0; good && i < some.count; i++)
            put_report(file, some.first + i, some.outs[i].data, some.outs[i].size);
    }
    return good;
}

static _Noreturn void be_worker(const struct crew *crew, struct shared *shared, int file)
{
    struct error err = {0};
    bool good = crew->begin(crew->context, &err);
    if (good) {
        good = work_on(crew, shared, file, &err);
        crew->end(crew->context);
    }
    if (good)
        put_report(file, REPORT_END, NULL, 0);
    else
        put_report(file, REPORT_ERROR, &err, sizeof(err));
    _exit(EXIT_SUCCESS); /* not exit(): what the caller has not yet written is the caller's */
}

/* ---------------------------------------------------------------------------------- the caller */

struct worker {
    pid_t process;
    int file;
    bool has_ended;
    struct text bytes; /* read, and not yet a whole report */
};

struct gathering {
    const struct crew *crew;
    struct shared *shared;
    unsigned count;
    struct worker workers[CREW_JOBS_MAX];
    struct text *results; /* of items that came before their turn */
    bool *is_there;
    size_t next; /* whose turn it is */
    bool has_failed;
    struct error why;
};

static void fail(struct gathering *all, const struct error *why)
{
    if (!all->has_failed)
        all->why = *why;
    all->has_failed = true;
    atomic_store(&all->shared->stop, true);
}

static void take_turns(struct gathering *all)
{
    const struct crew *crew = all->crew;
    struct error err;
    for (; all->next < crew->count && all->is_there[all->next] && !all->has_failed; all->next++) {
        struct text *result = &all->results[all->next];
        if (!crew->take(crew->context, all->next, (struct slice){result->data, result->size}, &err))
            fail(all, &err);
        text_release(result);
        text_init(result);
        show_progress(crew, all->next + 1);
    }
}

static void take_report(struct gathering *all, struct worker *worker, const struct report *report,
                        const char *bytes)
{
    if (report->item == REPORT_END) {
        worker->has_ended = true;
    } else if (report->item == REPORT_ERROR) {
        struct error why;
        memcpy(&why, bytes, sizeof(why));
        worker->has_ended = true;
        fail(all, &why);
    } else {
        text_append_n(&all->results[report->item], bytes, report->size);
        all->is_there[report->item] = true;
        take_turns(all);
    }
}

static void drop_front(struct text *text, size_t size)
{
    if (size == 0)
        return;
    memmove(text->data, text->data + size, text->size - size + 1);
    text->size -= size;
}

static void take_reports(struct gathering *all, struct worker *worker)
{
    struct report report;
    size_t at = 0;
    while (worker->bytes.size - at >= sizeof(report)) {
        memcpy(&report, worker->bytes.data + at, sizeof(report));
        if (worker->bytes.size - at - sizeof(report) < report.size)
            break;
        take_report(all, worker, &report, worker->bytes.data + at + sizeof(report));
        at += sizeof(report) + report.size;
    }
    drop_front(&worker->bytes, at);
}

/* False when there is nothing more to come. */
static bool read_worker(struct gathering *all, struct worker *worker)
{
    char bytes[READ_SIZE];
    struct error err;
    ssize_t size = read(worker->file, bytes, sizeof(bytes));
    if (size < 0)
        return errno == EINTR || errno == EAGAIN;
    if (size == 0) {
        if (!worker->has_ended) {
            error_set(&err, ERROR_SYSTEM, "a worker ended without a word: run it again");
            fail(all, &err);
        }
        return false;
    }
    text_append_n(&worker->bytes, bytes, (size_t)size);
    take_reports(all, worker);
    return true;
}

static void close_worker(struct worker *worker)
{
    close(worker->file);
    worker->file = -1;
    while (waitpid(worker->process, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void gather(struct gathering *all)
{
    struct pollfd files[CREW_JOBS_MAX];
    unsigned open_count = all->count;
    while (open_count > 0) {
        for (unsigned i = 0; i < all->count; i++)
            files[i] = (struct pollfd){.fd = all->workers[i].file, .events = POLLIN};
        if (poll(files, all->count, -1) < 0 && errno != EINTR)
            break;
        for (unsigned i = 0; i < all->count; i++)
            if (files[i].revents != 0 && all->workers[i].file >= 0 &&
                !read_worker(all, &all->workers[i])) {
                close_worker(&all->workers[i]);
                open_count--;
            }
    }
}

static bool start_worker(struct gathering *all, struct error *err)
{
    struct worker *worker = &all->workers[all->count];
    int ends[2];
    if (pipe(ends) != 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot make a pipe");
    worker->process = fork();
    if (worker->process == 0) {
        close(ends[0]);
        for (unsigned i = 0; i < all->count; i++)
            close(all->workers[i].file);
        be_worker(all->crew, all->shared, ends[1]);
    }
    close(ends[1]);
    if (worker->process < 0) {
        close(ends[0]);
        return error_set_errno(err, ERROR_SYSTEM, "cannot start a worker");
    }
    worker->file = ends[0];
    text_init(&worker->bytes);
    all->count++;
    return true;
}

static void release(struct gathering *all)
{
    for (unsigned i = 0; i < all->count; i++)
        text_release(&all->workers[i].bytes);
    for (size_t i = 0; i < all->crew->count; i++)
        text_release(&all->results[i]);
    free(all->results);
    free(all->is_there);
    munmap(all->shared, sizeof(*all->shared));
}

static bool run_crew(const struct crew *crew, struct error *err)
{
    struct gathering all = {.crew = crew};
    all.shared =
        mmap(NULL, sizeof(*all.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (all.shared == MAP_FAILED)
        return error_set_errno(err, ERROR_SYSTEM, "cannot share memory");
    all.results = memory_alloc(crew->count * sizeof(*all.results));
    all.is_there = memory_alloc(crew->count * sizeof(*all.is_there));
    for (size_t i = 0; i < crew->count; i++)
        text_init(&all.results[i]);
    while (all.count < crew->jobs && !all.has_failed)
        if (!start_worker(&all, err))
            fail(&all, err);
    gather(&all);
    if (all.next < crew->count && !all.has_failed) {
        error_set(err, ERROR_SYSTEM, "not all workers could be heard: run it again");
        fail(&all, err);
    }
    if (all.has_failed)
        *err = all.why;
    release(&all);
    return !all.has_failed;
}

bool crew_run(const struct crew *crew, struct error *err)
{
    fflush(NULL);
    return crew->jobs <= 1 || crew->count <= 1 ? run_alone(crew, err) : run_crew(crew, err);
}
