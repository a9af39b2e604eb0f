#include "meter/scan_plan.h"

#include <assert.h>
#include <string.h>

static void put_child(struct scan_node *node, struct scan_node *child)
{
    size_t at = scan_hash(child->head, child->name.size) & (node->place_count - 1);
    while (node->places[at].node != NULL)
        at = (at + 1) & (node->place_count - 1);
    node->places[at] = (struct scan_place){child->head, child->name.size, child};
}

/* Twice as many places; the children move. */
static void grow_places(struct scan_plan *plan, struct scan_node *node)
{
    node->place_count = node->place_count == 0 ? 4 : node->place_count * 2;
    node->places = arena_array(plan->arena, node->place_count, sizeof(*node->places));
    for (struct scan_node *child = node->child; child != NULL; child = child->next)
        put_child(node, child);
}

static struct scan_literal literal_of(struct slice name)
{
    struct scan_literal literal = {.size = name.size + 3};
    if (literal.size > sizeof literal.bytes)
        return (struct scan_literal){0};
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (c < ' ' || c > '~' || c == '"' || c == '\\')
            return (struct scan_literal){0};
        literal.bytes[i + 1] = c;
    }
    literal.bytes[0] = literal.bytes[name.size + 1] = '"';
    literal.bytes[name.size + 2] = ':';
    literal.mask = UINT32_MAX >> (sizeof literal.bytes - literal.size);
    return literal;
}

static struct scan_node *child_of(struct scan_plan *plan, struct scan_node *node, struct slice name)
{
    struct scan_node *child = scan_child(node, name, scan_head(name.data, name.size));
    if (child != NULL)
        return child;
    if (2 * (node->child_count + 1) > node->place_count)
        grow_places(plan, node);
    child = arena_alloc(plan->arena, sizeof(*child));
    child->name.data = arena_text_n(plan->arena, name.data, name.size);
    child->name.size = name.size;
    child->literal = literal_of(name);
    child->guess = arena_alloc(plan->arena, sizeof(*child->guess));
    child->head = scan_head(name.data, name.size);
    child->number = plan->node_count++;
    child->field = SCAN_NO_FIELD;
    child->next = node->child;
    node->child = child;
    node->child_count++;
    put_child(node, child);
    return child;
}

struct scan_plan *scan_plan_make(struct arena *arena)
{
    struct scan_plan *plan = arena_alloc(arena, sizeof(*plan));
    plan->arena = arena;
    plan->root.field = SCAN_NO_FIELD;
    plan->root.guess = arena_alloc(arena, sizeof(*plan->root.guess));
    plan->data = child_of(plan, &plan->root, slice_of("data"));
    return plan;
}

/* Takes "/name" off the front of a pointer; ~1 is '/', ~0 is '~' (RFC 6901). */
static bool take_name(struct slice *rest, char *out_name, size_t *out_size)
{
    if (rest->size == 0 || rest->data[0] != '/')
        return false;
    size_t at = 1;
    size_t size = 0;
    for (; at < rest->size && rest->data[at] != '/'; at++) {
        char c = rest->data[at];
        if (c == '~') {
            at++;
            if (at == rest->size || (rest->data[at] != '0' && rest->data[at] != '1'))
                return false;
            c = rest->data[at] == '0' ? '~' : '/';
        }
        out_name[size++] = c;
    }
    rest->data += at;
    rest->size -= at;
    *out_size = size;
    return size > 0;
}

#define POINTER_SIZE_MAX 512

static bool pointer_is_good(struct slice pointer)
{
    char name[POINTER_SIZE_MAX];
    size_t size;
    size_t depth = 0;
    if (pointer.size > POINTER_SIZE_MAX || !utf8_is_valid(pointer.data, pointer.size))
        return false;
    while (pointer.size > 0) {
        if (!take_name(&pointer, name, &size) || memchr(name, '\0', size) != NULL)
            return false;
        depth++;
    }
    return depth > 0 && depth <= SCAN_DEPTH_MAX;
}

bool scan_plan_add(struct scan_plan *plan, struct slice pointer, size_t *out_index,
                   struct error *err)
{
    if (!pointer_is_good(pointer))
        return error_set(err, ERROR_INPUT, "'%.*s' is not a JSON pointer such as /data/project",
                         (int)(pointer.size < 100 ? pointer.size : 100), pointer.data);
    struct scan_node *node = &plan->root;
    char name[POINTER_SIZE_MAX];
    size_t size;
    while (pointer.size > 0) {
        bool taken = take_name(&pointer, name, &size);
        assert(taken);
        node = child_of(plan, node, (struct slice){name, size});
    }
    if (node->field == SCAN_NO_FIELD) {
        if (plan->field_count == SCAN_FIELDS_MAX)
            return error_set(err, ERROR_INPUT, "more than %d different pointers", SCAN_FIELDS_MAX);
        node->field = plan->field_count++;
    }
    *out_index = node->field;
    return true;
}

size_t scan_plan_count(const struct scan_plan *plan)
{
    return plan->field_count;
}
