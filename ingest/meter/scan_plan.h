/*
 * The set of pointers as a tree of member names: inside scan.h's plan, for the scanner only.
 */
#ifndef METER_SCAN_PLAN_H
#define METER_SCAN_PLAN_H

#include "meter/scan.h"

#define SCAN_NO_FIELD SIZE_MAX

struct scan_node {
    struct slice name;       /* of the member, unescaped, with a zero behind it */
    size_t field;            /* SCAN_NO_FIELD: only on the way to others */
    struct scan_node *child; /* first of those below */
    struct scan_node *next;  /* sibling */
};

struct scan_plan {
    struct arena *arena;
    struct scan_node root;  /* the event */
    struct scan_node *data; /* its member "data" */
    size_t field_count;
};

#endif
