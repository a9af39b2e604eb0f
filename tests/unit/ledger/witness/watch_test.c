#include "../core/testing.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"
#include "core/note.h"
#include "core/tree.h"
#include "harness/folder.h"
#include "witness/request.h"
#include "witness/watch.h"

#define NOW UINT64_C(1791806400)
#define ORIGIN "daybook.example/log"

/* A folder of its own, a log of 40 leaves and another that forks from it at leaf 20. */
struct fixture {
    char folder[64];
    struct secret_key *log;
    struct tree_memory tree;
    struct tree_memory fork;
    struct watch *watch;
    struct text body;
    struct watch_answer answer;
};

static void open_again(struct fixture *fixture)
{
    struct error err;

    if (fixture->watch != NULL)
        watch_close(fixture->watch);
    fixture->watch = NULL;
    assert_ok(watch_open(fixture->folder, &fixture->watch, &err));
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    unsigned char seed[32] = {1};
    struct error err;

    assert_non_null(fixture);
    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/daybook-watch-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    assert_ok(key_from_seed(ORIGIN, seed, &fixture->log, &err));
    tree_memory_init(&fixture->tree);
    tree_memory_init(&fixture->fork);
    for (unsigned i = 0; i < 40; i++) {
        struct digest hash = digest_of(&i, sizeof(i));
        struct digest other = digest_of("fork", 4);

        tree_memory_append(&fixture->tree, &hash);
        tree_memory_append(&fixture->fork, i < 20 ? &hash : &other);
    }
    text_init(&fixture->body);
    fixture->answer.body = &fixture->body;
    assert_ok(watch_init(fixture->folder, "witness.example/w", &err));
    assert_ok(watch_trust(fixture->folder, key_public(fixture->log), &err));
    open_again(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    if (fixture->watch != NULL)
        watch_close(fixture->watch);
    folder_remove(fixture->folder);
    tree_memory_release(&fixture->tree);
    tree_memory_release(&fixture->fork);
    key_release(fixture->log);
    text_release(&fixture->body);
    free(fixture);
    return 0;
}

/* Asks for this size of this tree, from this old size, with the proof that a log would make. */
static unsigned ask(struct fixture *fixture, struct tree_memory *tree, uint64_t old_size,
                    uint64_t size)
{
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = size};
    struct request request = {.old_size = old_size};
    struct text note, body;
    struct error err;

    checkpoint.root = tree_memory_root(tree, size);
    if (old_size > 0 && old_size < size)
        assert_ok(
            proof_make_consistency(old_size, size, tree_memory_read, tree, &request.proof, &err));
    text_init(&note);
    text_init(&body);
    checkpoint_sign(&checkpoint, fixture->log, &note);
    request.note = (struct slice){note.data, note.size};
    request_format(&request, &body);
    watch_add_checkpoint(fixture->watch, body.data, body.size, NOW, &fixture->answer);
    text_release(&note);
    text_release(&body);
    return fixture->answer.status;
}

static void assert_size_said(const struct fixture *fixture, const char *size)
{
    assert_int_equal(fixture->answer.status, 409);
    assert_string_equal(fixture->answer.content_type, "text/x.tlog.size");
    assert_string_equal(fixture->body.data, size);
}

/* ------------------------------------------------------------------------------------- the rules
 */

static void cosigns_a_log_that_grows_and_shows_what_it_cosigned(void **state)
{
    struct fixture *fixture = *state;
    struct public_key keys[2] = {*key_public(fixture->log)};
    char path[128], id[DIGEST_HEX_SIZE];
    struct digest origin = digest_of(ORIGIN, strlen(ORIGIN));
    struct note note;
    struct error err;

    snprintf(path, sizeof(path), "%s/witness.vkey", fixture->folder);
    assert_ok(key_read_vkey(path, &keys[1], &err));
    digest_hex(&origin, id);
    watch_show_checkpoint(fixture->watch, id, strlen(id), &fixture->answer);
    assert_int_equal(fixture->answer.status, 404);
    assert_int_equal(ask(fixture, &fixture->tree, 0, 7), 200);
    assert_int_equal(ask(fixture, &fixture->tree, 7, 7), 200);
    assert_int_equal(ask(fixture, &fixture->tree, 7, 40), 200);
    watch_show_checkpoint(fixture->watch, id, strlen(id), &fixture->answer);
    assert_int_equal(fixture->answer.status, 200);
    assert_ok(note_open(fixture->body.data, fixture->body.size, keys, 2, &note, &err));
    assert_int_equal(note.verified_count, 2);
    assert_int_equal(note.verified[1].time_seconds, NOW);
    watch_show_checkpoint(fixture->watch, id, strlen(id) - 1, &fixture->answer);
    assert_int_equal(fixture->answer.status, 404);
}

static void answers_every_refusal_with_its_status(void **state)
{
    struct fixture *fixture = *state;
    struct request request = {.old_size = 20};
    struct text body, note;

    assert_int_equal(ask(fixture, &fixture->tree, 0, 20), 200);
    assert_int_equal(ask(fixture, &fixture->tree, 30, 20), 400);
    ask(fixture, &fixture->tree, 0, 30);
    assert_size_said(fixture, "20\n");
    ask(fixture, &fixture->tree, 10, 15);
    assert_size_said(fixture, "20\n");
    assert_int_equal(ask(fixture, &fixture->tree, 20, 19), 400);
    assert_int_equal(ask(fixture, &fixture->tree, 20, 25), 200);
    ask(fixture, &fixture->fork, 20, 30);
    assert_size_said(fixture, "25\n");
    assert_int_equal(ask(fixture, &fixture->fork, 25, 30), 422);
    assert_int_equal(ask(fixture, &fixture->fork, 25, 25), 409);
    assert_string_not_equal(fixture->answer.content_type, "text/x.tlog.size");

    text_init(&body);
    text_init(&note);
    watch_add_checkpoint(fixture->watch, "old 25\n\nno note\n", 16, NOW, &fixture->answer);
    assert_int_equal(fixture->answer.status, 400);
    text_append(&note,
                "daybook.example/another\n20\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
                "\xe2\x80\x94 a AAAAAAAA\n");
    request.note = (struct slice){note.data, note.size};
    request_format(&request, &body);
    watch_add_checkpoint(fixture->watch, body.data, body.size, NOW, &fixture->answer);
    assert_int_equal(fixture->answer.status, 404);
    text_clear(&note);
    text_clear(&body);
    text_append(&note, ORIGIN "\n20\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
                              "\xe2\x80\x94 a AAAAAAAA\n");
    request.note = (struct slice){note.data, note.size};
    request_format(&request, &body);
    watch_add_checkpoint(fixture->watch, body.data, body.size, NOW, &fixture->answer);
    assert_int_equal(fixture->answer.status, 403);
    text_release(&body);
    text_release(&note);
}

static void a_proof_where_there_is_nothing_to_prove_is_refused(void **state)
{
    static const char hash[] = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
    struct fixture *fixture = *state;
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = 5};
    struct text body;

    checkpoint.root = tree_memory_root(&fixture->tree, 5);
    text_init(&body);
    text_printf(&body, "old 0\n%s\n", hash);
    checkpoint_sign(&checkpoint, fixture->log, &body);
    watch_add_checkpoint(fixture->watch, body.data, body.size, NOW, &fixture->answer);
    assert_int_equal(fixture->answer.status, 422);
    text_release(&body);
}

static void keeps_the_note_that_proves_a_fork(void **state)
{
    struct fixture *fixture = *state;
    struct digest origin = digest_of(ORIGIN, strlen(ORIGIN));
    struct checkpoint checkpoint;
    struct text note;
    char path[256], id[DIGEST_HEX_SIZE];
    struct digest root = tree_memory_root(&fixture->fork, 25);
    struct error err;

    assert_int_equal(ask(fixture, &fixture->tree, 0, 25), 200);
    assert_int_equal(ask(fixture, &fixture->fork, 25, 25), 409);
    snprintf(path, sizeof(path), "%s/logs/%s/fork", fixture->folder, digest_hex(&origin, id));
    text_init(&note);
    assert_ok(file_read(path, 4096, &note, &err));
    assert_ok(checkpoint_open(note.data, note.size, key_public(fixture->log), &checkpoint, &err));
    assert_digest(checkpoint.root, root);
    assert_int_equal(ask(fixture, &fixture->tree, 25, 30), 200);
    text_release(&note);
}

/* ------------------------------------------------------------------------------ what is remembered
 */

static void remembers_over_a_restart_and_is_alone_in_its_folder(void **state)
{
    struct fixture *fixture = *state;
    struct watch *second;
    struct error err;

    assert_int_equal(ask(fixture, &fixture->tree, 0, 20), 200);
    assert_refused(watch_open(fixture->folder, &second, &err), ERROR_BUSY);
    open_again(fixture);
    ask(fixture, &fixture->tree, 0, 10);
    assert_size_said(fixture, "20\n");
    assert_int_equal(ask(fixture, &fixture->fork, 20, 30), 200); /* the fork is the first it sees */
    assert_int_equal(ask(fixture, &fixture->tree, 30, 31), 422);
}

static void does_not_begin_anew_when_it_does_not_know(void **state)
{
    struct fixture *fixture = *state;
    struct digest origin = digest_of(ORIGIN, strlen(ORIGIN));
    char path[256], id[DIGEST_HEX_SIZE];
    struct text note;
    struct error err;

    assert_int_equal(ask(fixture, &fixture->tree, 0, 20), 200);
    watch_close(fixture->watch);
    fixture->watch = NULL;
    snprintf(path, sizeof(path), "%s/logs/%s/checkpoint", fixture->folder, digest_hex(&origin, id));
    text_init(&note);
    assert_ok(file_read(path, 4096, &note, &err));
    for (size_t i = 0; i < note.size; i += 7) {
        note.data[i] ^= 1;
        assert_ok(file_write_atomic(path, 0644, note.data, note.size, &err));
        assert_refused(watch_open(fixture->folder, &fixture->watch, &err), ERROR_HALT);
        note.data[i] ^= 1;
    }
    assert_int_equal(unlink(path), 0);
    assert_refused(watch_open(fixture->folder, &fixture->watch, &err), ERROR_HALT);
    assert_refused(watch_trust(fixture->folder, key_public(fixture->log), &err), ERROR_CONFLICT);
    text_release(&note);
}

/* The state cannot be written: no cosignature leaves the house. */
static void does_not_answer_what_it_could_not_keep(void **state)
{
    struct fixture *fixture = *state;
    struct digest origin = digest_of(ORIGIN, strlen(ORIGIN));
    char path[256], id[DIGEST_HEX_SIZE];

    snprintf(path, sizeof(path), "%s/logs/%s", fixture->folder, digest_hex(&origin, id));
    folder_remove(path);
    assert_int_equal(ask(fixture, &fixture->tree, 0, 20), 500);
    assert_null(strstr(fixture->body.data, "witness.example"));
    ask(fixture, &fixture->tree, 20, 30);
    assert_size_said(fixture, "0\n");
}

/* ------------------------------------------------------------------------------ at once */

struct racer {
    struct fixture *fixture;
    struct tree_memory *tree;
    uint64_t cosigned[2][41]; /* by tree, by size: how often */
    unsigned which;
    struct watch_answer answer;
    struct text body;
};

/* Climbs whatever the witness says; counts what was cosigned. */
static void *race(void *context)
{
    struct racer *racer = context;
    struct fixture own = *racer->fixture;
    struct error err;
    uint64_t old_size = 0;

    text_init(&racer->body);
    own.answer.body = &racer->body;
    own.body = racer->body;
    for (unsigned round = 0; round < 200 && old_size < 40; round++) {
        uint64_t size = old_size + 1 + round % 3;

        if (size > 40)
            size = 40;
        own.answer.body = &own.body;
        if (ask(&own, racer->tree, old_size, size) == 200) {
            racer->cosigned[racer->which][size]++;
            old_size = size;
        } else if (own.answer.status == 409 &&
                   strcmp(own.answer.content_type, "text/x.tlog.size") == 0) {
            assert_true(request_parse_size(own.body.data, own.body.size, &old_size, &err));
        } else {
            break; /* the other history has won */
        }
    }
    racer->body = own.body;
    return NULL;
}

/* Two honest senders and one of the fork, at once. */
static void never_cosigns_two_histories_whatever_comes_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct racer racers[4] = {{.fixture = fixture, .tree = &fixture->tree, .which = 0},
                              {.fixture = fixture, .tree = &fixture->fork, .which = 1},
                              {.fixture = fixture, .tree = &fixture->tree, .which = 0},
                              {.fixture = fixture, .tree = &fixture->fork, .which = 1}};
    pthread_t threads[4];
    uint64_t beyond[2] = {0, 0};

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < 4; i++) {
        for (size_t size = 21; size <= 40; size++)
            beyond[racers[i].which] += racers[i].cosigned[racers[i].which][size];
        text_release(&racers[i].body);
    }
    assert_true((beyond[0] == 0) != (beyond[1] == 0));
}

/* ------------------------------------------------------------------------------ another's
 * transcript */

static const char sigsum_origin[] =
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
static const char sigsum_key[] = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f";

static struct public_key sigsum_log(void)
{
    struct public_key key = {.type = KEY_TYPE_ED25519};
    unsigned char typed[33] = {KEY_TYPE_ED25519};
    struct digest digest;

    strcpy(key.name, sigsum_origin);
    assert_true(hex_decode(sigsum_key, strlen(sigsum_key), key.bytes, 32));
    memcpy(typed + 1, key.bytes, 32);
    digest = digest_of3(key.name, strlen(key.name), "\n", 1, typed, sizeof(typed));
    key.id = bytes_get_u32(digest.bytes);
    return key;
}

/* Where we answer otherwise: litewitness says 403 to an origin that it does not know, the
 * specification 404; and takes base64 with loose bits for a false signature, which is malformed. */
static unsigned wanted_of(const char *after_request)
{
    unsigned wanted = (unsigned)strtoul(after_request + strlen("```\nHTTP "), NULL, 10);
    const char *next = strstr(after_request, "\nPOST ");
    size_t size = next != NULL ? (size_t)(next - after_request) : strlen(after_request);

    if (memmem(after_request, size, "unknown log", strlen("unknown log")) != NULL)
        return 404;
    if (memmem(after_request, size, "invalid signature", strlen("invalid signature")) != NULL)
        return 400;
    return wanted;
}

static void answers_the_published_transcript(void **state)
{
    struct fixture *fixture = *state;
    struct text transcript = vector_bytes("witness/litewitness.txt");
    struct public_key key = sigsum_log();
    size_t requests = 0;
    struct error err;

    assert_ok(watch_trust(fixture->folder, &key, &err));
    open_again(fixture);
    for (char *at = transcript.data; (at = strstr(at, "```\nold ")) != NULL; requests++) {
        char *body = at + strlen("```\n");
        char *end = strstr(body, "```\nHTTP ");
        unsigned wanted = wanted_of(end);

        watch_add_checkpoint(fixture->watch, body, (size_t)(end - body), NOW, &fixture->answer);
        if (fixture->answer.status != wanted)
            fail_msg("request %zu: %u, not %u: %s", requests, fixture->answer.status, wanted,
                     fixture->body.data);
        if (wanted == 409)
            assert_size_said(fixture, requests == 6 ? "3\n" : "5\n");
        at = end + 1;
    }
    print_message("# litewitness: %zu requests answered\n", requests);
    assert_int_equal(requests, 9);
    text_release(&transcript);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        test(cosigns_a_log_that_grows_and_shows_what_it_cosigned),
        test(answers_every_refusal_with_its_status),
        test(a_proof_where_there_is_nothing_to_prove_is_refused),
        test(keeps_the_note_that_proves_a_fork),
        test(remembers_over_a_restart_and_is_alone_in_its_folder),
        test(does_not_begin_anew_when_it_does_not_know),
        test(does_not_answer_what_it_could_not_keep),
        test(never_cosigns_two_histories_whatever_comes_at_once),
        test(answers_the_published_transcript),
    };

    return run_with_core(tests);
}
