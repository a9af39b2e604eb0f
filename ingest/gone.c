#include "ingest/gone.h"

void gone_forget(struct gone *gone)
{
    *gone = (struct gone){.answers = 0};
}

bool gone_hear(struct gone *gone, int64_t now_us)
{
    if (gone->answers == 0)
        gone->since_us = now_us;
    if (gone->answers < GONE_ANSWERS)
        gone->answers++;
    return gone->answers == GONE_ANSWERS && now_us - gone->since_us >= GONE_US;
}
