/*
 * What the hashes and signatures of a log cost if nothing else is done: the floor under
 * tests/bench/proofs. One thread, everything in the processor's cache, CPU time.
 *
 *   bare HASHES SIGNATURES
 *
 * Prints one line of JSON, nanoseconds an entry: `hash` is a leaf and a node of RFC 6962 by
 * libsodium, `own_hash` the same by core/tree.h, a tile at a time, `verify` and `sign` Ed25519 by
 * libsodium over a leaf's message.
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "core/leaf.h"
#include "core/tree.h"

#define LEAVES 256             /* that are hashed in turn */
#define MESSAGE_SIZE (24 + 32) /* "sigsum.org/v1/tree-leaf", 0, checksum */

static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static unsigned char leaves[LEAVES][1 + LEAF_SIZE];
static unsigned char node[1 + 2 * DIGEST_SIZE];

static void by_libsodium(uint64_t i)
{
    crypto_hash_sha256(node + 1, leaves[i % LEAVES], sizeof leaves[0]);
    crypto_hash_sha256(node + 1 + DIGEST_SIZE, node, sizeof node);
}

/* A whole tile where one begins, else nothing. */
static void by_core(uint64_t i)
{
    static struct digest hashes[LEAVES];
    if (i % LEAVES != 0)
        return;
    tree_leaf_hashes(leaves[0] + 1, LEAF_SIZE, sizeof leaves[0], LEAVES, hashes);
    for (size_t count = LEAVES / 2; count > 0; count /= 2)
        tree_node_hashes(hashes, count, hashes);
}

static unsigned char message[MESSAGE_SIZE], signature[64], public_key[32], secret_key[64];
static uint64_t refused;

static void sign(uint64_t i)
{
    memcpy(message, &i, sizeof i);
    crypto_sign_detached(signature, NULL, message, sizeof message, secret_key);
}

static void verify(uint64_t i)
{
    (void)i;
    refused += crypto_sign_verify_detached(signature, message, sizeof message, public_key) != 0;
}

static uint64_t each_ns(void (*work)(uint64_t i), uint64_t count)
{
    uint64_t started = cpu_ns();
    for (uint64_t i = 0; i < count; i++)
        work(i);
    return count > 0 ? (cpu_ns() - started) / count : 0;
}

int main(int argc, char **argv)
{
    struct error err;
    uint64_t hashes, signatures;
    if (argc != 3 || !number_parse_u64(argv[1], strlen(argv[1]), "HASHES", &hashes, &err) ||
        !number_parse_u64(argv[2], strlen(argv[2]), "SIGNATURES", &signatures, &err)) {
        fprintf(stderr, "usage: bare HASHES SIGNATURES\n");
        return 2;
    }
    core_init();
    randombytes_buf(leaves, sizeof leaves);
    crypto_sign_keypair(public_key, secret_key);
    uint64_t hash = each_ns(by_libsodium, hashes), own_hash = each_ns(by_core, hashes);
    uint64_t sign_ns = each_ns(sign, signatures), verify_ns = each_ns(verify, signatures);
    printf("{\"hash\": %" PRIu64 ", \"own_hash\": %" PRIu64 ", \"sign\": %" PRIu64
           ", \"verify\": %" PRIu64 "}\n",
           hash, own_hash, sign_ns, verify_ns);
    return refused == 0 ? 0 : 1;
}
