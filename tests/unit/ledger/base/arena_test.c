#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

/* Whether the function ends its process with abort(). */
static bool aborts(void (*function)(void))
{
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        function();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void hands_out_zeroed_memory_that_is_aligned_for_any_type(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    for (int round = 0; round < 2; round++) {
        for (size_t size = 0; size < 300; size++) {
            unsigned char *memory = arena_alloc(&arena, size);
            assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(memory[i], 0);
            memset(memory, 0xFF, size);
        }
        arena_reset(&arena);
    }
    arena_release(&arena);
}

static void hands_out_again_what_was_used_before_and_gives_back_the_rest(void **state)
{
    (void)state;
    const size_t sizes[] = {100, 60000, 1 << 20, 60000, 200000, 50};
    struct arena arena;
    unsigned char *first[COUNT_OF(sizes)];
    arena_init(&arena);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            unsigned char *memory = arena_alloc(&arena, sizes[i]);
            assert_int_equal(memory[0] | memory[sizes[i] - 1], 0);
            memset(memory, 0xFF, sizes[i]);
            if (round == 0)
                first[i] = memory;
            else if (sizes[i] > 65536)
                assert_ptr_equal(memory, first[i]);
        }
        arena_recycle(&arena);
        assert_int_equal(arena.used_bytes, 0);
    }
    assert_non_null(arena.spare);
    arena_recycle(&arena);
    assert_null(arena.spare);
    arena_release(&arena);
}

static void hands_out_bytes_behind_each_other_and_aligned_memory_between_them(void **state)
{
    (void)state;
    struct arena arena;
    size_t adjacent = 0;
    arena_init(&arena);
    for (size_t size = 1; size < 3000; size++) {
        char *first = arena_bytes(&arena, size);
        char *second = arena_bytes(&arena, 1);
        unsigned char *memory = arena_alloc(&arena, size);
        adjacent += second == first + size;
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        assert_int_equal(memory[size - 1], 0);
        memset(first, 0xFF, size);
        memset(memory, 0xFF, size);
        *second = 0;
        assert_int_equal(memory[0], 0xFF);
        assert_int_equal((unsigned char)first[size - 1], 0xFF);
    }
    assert_true(adjacent > 2500);
    arena_release(&arena);
}

static void keeps_what_it_handed_out_before_however_large(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char *parts[40];
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        size_t size = i * i * 200 + 1;
        parts[i] = arena_alloc(&arena, size);
        memset(parts[i], (int)i, size);
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        for (size_t k = 0; k < i * i * 200 + 1; k++)
            assert_int_equal(parts[i][k], i);
    arena_release(&arena);
    assert_null(arena.blocks);
}

static void hands_out_its_first_block_again_after_a_reset(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    void *first = arena_alloc(&arena, 16);
    for (int i = 0; i < 100; i++)
        (void)arena_alloc(&arena, 5000);
    assert_true(arena.used_bytes >= 500000);
    arena_reset(&arena);
    assert_int_equal(arena.used_bytes, 0);
    assert_ptr_equal(arena_alloc(&arena, 16), first);
    arena_release(&arena);
}

static void copies_bytes_and_texts(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    assert_memory_equal(arena_copy(&arena, "a\0b", 3), "a\0b", 3);
    assert_non_null(arena_copy(&arena, NULL, 0));
    assert_string_equal(arena_text(&arena, "plan"), "plan");
    assert_string_equal(arena_text_n(&arena, "planet", 4), "plan");
    assert_string_equal(arena_text_n(&arena, NULL, 0), "");
    assert_string_equal(arena_printf(&arena, "%s-%03d", "x", 7), "x-007");
    arena_release(&arena);
}

static void grows_by_doubling_and_keeps_the_items(void **state)
{
    (void)state;
    int *items = NULL;
    size_t capacity = 0;
    size_t moves = 0;
    for (size_t count = 0; count < 1000; count++) {
        size_t before = capacity;
        items = memory_grow(items, &capacity, count + 1, sizeof *items);
        moves += capacity != before;
        items[count] = (int)count;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    assert_true(moves < 10);
    free(items);
}

static void overflow_an_array(void)
{
    struct arena arena;
    arena_init(&arena);
    (void)arena_array(&arena, SIZE_MAX / 4, 8);
}

static void allocate_all_there_is(void)
{
    struct arena arena;
    arena_init(&arena);
    (void)arena_alloc(&arena, SIZE_MAX);
}

static void overflow_a_growing_array(void)
{
    size_t capacity = 0;
    (void)memory_grow(NULL, &capacity, SIZE_MAX / 4, 8);
}

static void aborts_rather_than_overflow(void **state)
{
    (void)state;
    assert_true(aborts(overflow_an_array));
    assert_true(aborts(allocate_all_there_is));
    assert_true(aborts(overflow_a_growing_array));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_zeroed_memory_that_is_aligned_for_any_type),
        cmocka_unit_test(hands_out_again_what_was_used_before_and_gives_back_the_rest),
        cmocka_unit_test(hands_out_bytes_behind_each_other_and_aligned_memory_between_them),
        cmocka_unit_test(keeps_what_it_handed_out_before_however_large),
        cmocka_unit_test(hands_out_its_first_block_again_after_a_reset),
        cmocka_unit_test(copies_bytes_and_texts),
        cmocka_unit_test(grows_by_doubling_and_keeps_the_items),
        cmocka_unit_test(aborts_rather_than_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
