#include "testing.h"

#include "core/partitioner.h"

/* Published in Kafka's UtilsTest for Utils.murmur2. */
static const struct {
    const char *key;
    int32_t hash;
} published[] = {
    {"21", -973932308},
    {"foobar", -790332482},
    {"a-little-bit-long-string", -985981536},
    {"a-little-bit-longer-string", -1486304829},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
    {"abc", 479470107},
};

static void hashes_as_kafka_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(published); i++)
        assert_int_equal((int32_t)partitioner_murmur2(published[i].key, strlen(published[i].key)),
                         published[i].hash);
}

static void takes_bytes_above_127_as_unsigned(void **state)
{
    /* Java masks each byte with 0xff; a plain char would bring in its sign. */
    static const unsigned char bytes[] = {0xff, 0xfe, 0xfd, 0xfc, 0x80, 0x81, 0x82};

    (void)state;
    assert_int_equal(partitioner_murmur2(bytes, 7),
                     partitioner_murmur2("\xff\xfe\xfd\xfc\x80\x81\x82", 7));
    assert_int_not_equal(partitioner_murmur2(bytes, 5), partitioner_murmur2(bytes, 6));
}

static void gives_kafkas_partition_for_every_divisor_of_64(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(published); i++) {
        unsigned slot = partitioner_slot(published[i].key, strlen(published[i].key));
        uint32_t positive = (uint32_t)published[i].hash & 0x7fffffff;

        assert_true(slot < SLOT_COUNT);
        for (unsigned partitions = 1; partitions <= 64; partitions *= 2)
            assert_int_equal(slot % partitions, positive % partitions);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_as_kafka_does),
        cmocka_unit_test(takes_bytes_above_127_as_unsigned),
        cmocka_unit_test(gives_kafkas_partition_for_every_divisor_of_64),
    };

    return run_with_core(tests);
}
