#include "testing.h"

#include "core/series.h"

static struct series gpu_series(void)
{
    return (struct series){
        .meter = slice_of("gpu.seconds"),
        .unit = slice_of("uGPU.s"),
        .scale = 6,
        .aggregation = AGGREGATION_SUM,
        .dimension_count = 3,
        .dimensions =
            {
                {slice_of("sku"), slice_of("h100")},
                {slice_of("gpu_milli"), slice_of("1000")},
                {slice_of("region"), slice_of("")},
            },
    };
}

static void encodes_bytes_that_do_not_depend_on_the_dimensions_order(void **state)
{
    struct series one = gpu_series();
    struct series two = gpu_series();
    struct text first, second;
    struct error err;

    (void)state;
    text_init(&first);
    text_init(&second);
    two.dimensions[0] = one.dimensions[2];
    two.dimensions[2] = one.dimensions[0];
    assert_ok(series_encode(&one, &first, &err));
    assert_ok(series_encode(&two, &second, &err));
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.data, second.data, first.size);
    assert_memory_equal(first.data,
                        "\x01\x00\x0bgpu.seconds\x00\x06uGPU.s\x00\x00\x00\x06\x01\x00\x03", 30);
    text_release(&first);
    text_release(&second);
}

static void decodes_what_it_encoded(void **state)
{
    struct series series = gpu_series();
    struct series read;
    struct text bytes;
    struct error err;

    (void)state;
    text_init(&bytes);
    assert_ok(series_encode(&series, &bytes, &err));
    assert_ok(series_decode(bytes.data, bytes.size, &read, &err));
    assert_true(slice_equals(read.meter, "gpu.seconds") && slice_equals(read.unit, "uGPU.s"));
    assert_int_equal(read.scale, 6);
    assert_int_equal(read.dimension_count, 3);
    assert_true(slice_equals(series_dimension(&read, "sku"), "h100"));
    assert_non_null(series_dimension(&read, "region").data);
    assert_int_equal(series_dimension(&read, "region").size, 0);
    assert_null(series_dimension(&read, "zone").data);
    text_release(&bytes);
}

static void every_changed_bit_is_refused_or_another_series(void **state)
{
    struct series series = gpu_series();
    struct series read;
    struct text bytes, again;
    struct error err;

    (void)state;
    text_init(&bytes);
    text_init(&again);
    assert_ok(series_encode(&series, &bytes, &err));
    for (size_t bit = 0; bit < bytes.size * 8; bit++) {
        bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^ 1 << bit % 8);
        if (series_decode(bytes.data, bytes.size, &read, &err)) {
            text_clear(&again);
            assert_ok(series_encode(&read, &again, &err));
            assert_int_equal(again.size, bytes.size);
            assert_memory_equal(again.data, bytes.data, bytes.size);
        }
        bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t size = 0; size < bytes.size; size++)
        assert_refused(series_decode(bytes.data, size, &read, &err), ERROR_INPUT);
    text_append_char(&bytes, 0);
    assert_refused(series_decode(bytes.data, bytes.size, &read, &err), ERROR_INPUT);
    text_release(&bytes);
    text_release(&again);
}

static void break_doubled(struct series *s)
{
    s->dimensions[0].name = s->dimensions[1].name;
}
static void break_empty_name(struct series *s)
{
    s->dimensions[0].name.size = 0;
}
static void break_utf8(struct series *s)
{
    s->dimensions[0].value = slice_of("\xff");
}
static void break_meter(struct series *s)
{
    s->meter.size = 0;
}
static void break_unit(struct series *s)
{
    s->unit.size = 0;
}
static void break_scale(struct series *s)
{
    s->scale = 19;
}
static void break_aggregation(struct series *s)
{
    s->aggregation = (enum aggregation)4;
}
static void break_count(struct series *s)
{
    s->dimension_count = SERIES_DIMENSIONS_MAX + 1;
}

static void refuses_series_that_break_the_rules_and_writes_nothing(void **state)
{
    void (*const changes[])(struct series *) = {
        break_doubled, break_empty_name, break_utf8,        break_meter,
        break_unit,    break_scale,      break_aggregation, break_count,
    };
    struct text bytes;
    struct error err;

    (void)state;
    text_init(&bytes);
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct series series = gpu_series();

        changes[i](&series);
        assert_refused(series_encode(&series, &bytes, &err), ERROR_INPUT);
        assert_int_equal(bytes.size, 0);
    }
    text_release(&bytes);
}

static void refuses_a_descriptor_that_is_too_long(void **state)
{
    static char value[SERIES_DESCRIPTOR_SIZE_MAX];
    struct series series = gpu_series();
    struct text bytes;
    struct error err;
    size_t without;

    (void)state;
    memset(value, 'v', sizeof(value));
    series.dimensions[0].value = (struct slice){value, sizeof(value)};
    text_init(&bytes);
    assert_refused(series_encode(&series, &bytes, &err), ERROR_INPUT);
    /* What the descriptor takes without that value. */
    series = gpu_series();
    series.dimensions[0].value.size = 0;
    assert_ok(series_encode(&series, &bytes, &err));
    without = bytes.size;
    series = gpu_series();
    series.dimensions[0].value = (struct slice){value, SERIES_DESCRIPTOR_SIZE_MAX - without};
    text_clear(&bytes);
    assert_ok(series_encode(&series, &bytes, &err));
    assert_int_equal(bytes.size, SERIES_DESCRIPTOR_SIZE_MAX);
    text_release(&bytes);
}

static void names_aggregations(void **state)
{
    (void)state;
    assert_string_equal(aggregation_word(AGGREGATION_SUM), "sum");
    assert_string_equal(aggregation_word(AGGREGATION_COUNT), "count");
    assert_string_equal(aggregation_word(AGGREGATION_MAX), "max");
    assert_null(aggregation_word((enum aggregation)0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_bytes_that_do_not_depend_on_the_dimensions_order),
        cmocka_unit_test(decodes_what_it_encoded),
        cmocka_unit_test(every_changed_bit_is_refused_or_another_series),
        cmocka_unit_test(refuses_series_that_break_the_rules_and_writes_nothing),
        cmocka_unit_test(refuses_a_descriptor_that_is_too_long),
        cmocka_unit_test(names_aggregations),
    };

    return run_with_core(tests);
}
