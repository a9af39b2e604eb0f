/*
 * The set of pointers as a tree of member names: inside of scan.h's plan, for its two readers only.
 */
#ifndef METER_SCAN_PLAN_H
#define METER_SCAN_PLAN_H

#include <stdatomic.h>
#include <string.h>

#include "meter/scan.h"
#include "meter/short.h"

#define SCAN_NO_FIELD SIZE_MAX
#define SCAN_LITERAL_SIZE 32

/* A child with what most names that are looked for differ in. */
struct scan_place {
    uint64_t head;
    size_t size;
    struct scan_node *node; /* NULL: free */
};

/* A member as it nearly always stands in an event: "name": without white space. */
struct scan_literal {
    size_t size; /* 0: it is too long, or has to be escaped */
    uint32_t mask;
    char bytes[SCAN_LITERAL_SIZE];
};

/* Producers write the members of an object in one order, so what stood where the last time is tried
 * first. Only a guess, which any thread may change at any time. */
struct scan_guess {
    _Atomic(const struct scan_node *) inside; /* the first member of the object */
    _Atomic(const struct scan_node *) behind; /* the member behind this one */
};

struct scan_node {
    struct slice name; /* of the member, unescaped, with a zero behind it */
    struct scan_literal literal;
    struct scan_guess *guess;
    uint64_t head;           /* of the name */
    size_t number;           /* of the node in its plan */
    size_t field;            /* SCAN_NO_FIELD: only on the way to others */
    struct scan_node *child; /* first of those below */
    struct scan_node *next;  /* sibling */
    size_t child_count;
    size_t place_count;        /* 0, or a power of two, twice the children or more */
    struct scan_place *places; /* the children by their names' hash */
};

struct scan_plan {
    struct arena *arena;
    struct scan_node root;  /* the event */
    struct scan_node *data; /* its member "data" */
    size_t field_count;
    size_t node_count; /* but the root */
};

/* A name's first eight bytes, zeros behind a shorter one: with its size nearly the whole name. */
static inline uint64_t scan_head(const char *name, size_t size)
{
    uint64_t head = 0;
    memcpy(&head, name, size < sizeof head ? size : sizeof head);
    return head;
}

static inline size_t scan_hash(uint64_t head, size_t size)
{
    uint64_t mixed = (head ^ size * UINT64_C(0xd6e8feb86659fd93)) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 40);
}

/* The member of this name below the node, or NULL; `head` is the name's. */
static inline struct scan_node *scan_child(const struct scan_node *node, struct slice name,
                                           uint64_t head)
{
    if (node->place_count == 0)
        return NULL;
    size_t at = scan_hash(head, name.size) & (node->place_count - 1);
    for (; node->places[at].node != NULL; at = (at + 1) & (node->place_count - 1)) {
        const struct scan_place *place = &node->places[at];
        if (place->head == head && place->size == name.size &&
            (name.size <= sizeof head ||
             short_equals(place->node->name.data + sizeof head, name.data + sizeof head,
                          name.size - sizeof head)))
            return place->node;
    }
    return NULL;
}

#endif
