/* daybook-ingest: from events to entries of the book. The table of its commands. */
#include "base/cli.h"
#include "core/digest.h"
#include "ingest/commands.h"
#include "ingest/held.h"
#include "store/operator.h"

static const struct cli_option common[] = {
    {"database", "CONNINFO", NULL, "the PostgreSQL database"},
    {"log", "N", "0", "the log's number"},
    {"keys", "DIR", NULL, "the folder with ingest.key, salt.key, dedup.key, operator.key"},
    OPERATOR_OPTION,
    {"archive", "DIR", NULL, "the archive: public/ and private/"},
    {"published", "PATH", NULL, "the published checkpoint (ARCHIVE/public/checkpoint)"},
    {0},
};

static const struct cli_option run_options[] = {
    {"kafka", "BOOTSTRAP", NULL, "the brokers"},
    {"kafka-settings", "FILE", NULL,
     "TLS and credentials: librdkafka's security.protocol, sasl.*, ssl.*"},
    {"topic", "NAME", "usage", "the topic with events"},
    {"group", "NAME", "daybook-ingest", "the consumer group"},
    {"session-timeout-ms", "MS", "45000", "after which a dead member's partitions go to others"},
    {"queue-kbytes", "KB", "65536", "what is fetched ahead"},
    {"batch-events", "N", "100000", "records of a batch, at most"},
    {"batch-seconds", "S", "10", "a batch waits no longer for more records"},
    {"memory-mib", "MIB", "1024", "for identities in memory"},
    {"check-seconds", "S", "600", "look so often at what was read before: is it still the same"},
    {"check-records", "N", "99000", "… and after so many records: at one of each partition"},
    {"clock-error", "S", "1", "how wrong the brokers' clocks may be"},
    {"once-idle", "S", "0", "stop when nothing came for so long (0: never)"},
    {"stats", "FILE", NULL, "write what was done as a line of JSON (-: print it)"},
    {0},
};

static const struct cli_option file_options[] = {
    {"as-of", "INSTANT", NULL, "the instant as of which the file is run (else now)"},
    {"batch-events", "N", "100000", "records of a batch, at most"},
    {"memory-mib", "MIB", "1024", "for identities in memory"},
    {"stats", "FILE", NULL, "write what was done as a line of JSON (-: print it)"},
    {0},
};

static const struct cli_option recover_options[] = {
    {"admin", "CONNINFO", NULL, "the database, as a role that may write every table of it"},
    {"kafka", "BOOTSTRAP", NULL, "the brokers"},
    {"kafka-settings", "FILE", NULL,
     "TLS and credentials: librdkafka's security.protocol, sasl.*, ssl.*"},
    {"state", "FILE", NULL, "the sealer's state file, if it knows more (KEYS/seal.state)"},
    {"queue-kbytes", "KB", "8192", "what is fetched ahead, of each partition"},
    {"memory-mib", "MIB", "1024", "for identities in memory"},
    {0},
};

static const struct cli_option audit_options[] = {
    {"kafka", "BOOTSTRAP", NULL, "the brokers"},
    {"from", "INDEX", "0", "take batches that begin before it on trust"},
    {"queue-kbytes", "KB", "8192", "what is fetched ahead, of each partition"},
    {"memory-mib", "MIB", "1024", "for identities in memory"},
    {"json", NULL, NULL, "one JSON object"},
    {0},
};

static const struct cli_option incarnation_options[] = {
    {"kafka", "BOOTSTRAP", NULL, "the brokers"},
    {"topic", "NAME", NULL, "the topic that was recreated, or lost records"},
    {"partition", "N", NULL, "the partition whose chain cannot go on"},
    {"all", NULL, NULL, "all partitions whose chains cannot go on"},
    {"reason", "TEXT", NULL, "what happened, for those who read the book"},
    OPERATOR_OPTION,
    {"although-healthy", NULL, NULL, "a chain that could go on, too: what was not read is lost"},
    {0},
};

static const struct cli_option validate_options[] = {
    {"catalog", "FILE", NULL, "the catalog to check against"},
    {0},
};

static const struct cli_option list_options[] = {
    HELD_OPTIONS,
    {"all", NULL, NULL, "what operators disposed of, too"},
    {"limit", "N", "0", "a page of so many (0: all)"},
    {"after", "PLACE", NULL, "the next page, as the last one says it at its end"},
    {"json", NULL, NULL, "one JSON object a line"},
    {0},
};

static const struct cli_option write_off_options[] = {
    {"reason", "TEXT", NULL, "why it will never be counted"},
    HELD_INCARNATION,
    {0},
};

static const struct cli_option replace_options[] = {
    {"tenant", "ID", NULL, "whose usage it is"},
    {"from", "INSTANT", NULL, "windows that begin then and later"},
    {"to", "INSTANT", NULL, "… and before then"},
    {"meter", "NAME", NULL, "only this meter (else every one)"},
    {"reason", "TEXT", NULL, "why what was counted is not the truth"},
    {"yes", NULL, NULL, "replace; else it is only compared"},
    {"undo", "INDEX", NULL, "take the corrections of this entry back; no file"},
    {"json", NULL, NULL, "one JSON object a line, of each series and window"},
    {"as-of", "INSTANT", NULL, "the instant as of which the file is run (else now)"},
    {"batch-events", "N", "1000000", "events, at most: it is one transaction"},
    {"memory-mib", "MIB", "1024", "for identities in memory"},
    {"stats", "FILE", NULL, "write what was done as a line of JSON (-: print it)"},
    {0},
};

static const struct cli_option gaps_options[] = {
    {"topic", "NAME", NULL, "only what came by this topic (of a file: its SHA-256)"},
    {"source", "SOURCE", NULL, "only this source"},
    {"tenant", "ID", NULL, "only sources that may bill this tenant"},
    {"since", "INSTANT", NULL, "only what came in receipts as of then and later"},
    {"limit", "N", "100", "gaps that are named, of each life of a source"},
    {"json", NULL, NULL, "one JSON object a line, of each source"},
    {0},
};

static const struct cli_option show_options[] = {
    HELD_INCARNATION,
    {"json", NULL, NULL, "one JSON object"},
    {0},
};

static const struct cli_option release_options[] = {
    HELD_OPTIONS,
    HELD_INCARNATION,
    {"reason", "TEXT", NULL, "why it may be counted now"},
    {"yes", NULL, NULL, "release; else it is only said what would be"},
    {"as-of", "INSTANT", NULL, "the instant as of which the file is run (else now)"},
    {"batch-events", "N", "100000", "records of one release, at most"},
    {"memory-mib", "MIB", "1024", "for identities in memory"},
    {"stats", "FILE", NULL, "write what was done as a line of JSON (-: print it)"},
    {0},
};

static const struct cli_command commands[] = {
    {"run", "", "read the topic, until told to stop", command_run, run_options},
    {"file", "FILE", "take a file of events, one JSON object a line", command_file, file_options},
    {"recover", "", "bring a database that is behind back to what is published", command_recover,
     recover_options},
    {"audit", "", "read the records again, decide them again, and compare the book with that",
     command_audit, audit_options},
    {"incarnation", "", "begin chains anew of a topic that was recreated or lost records",
     command_incarnation, incarnation_options},
    {"validate", "FILE", "say what would become of a file's events", command_validate,
     validate_options},
    {"replace", "[FILE]", "a tenant's usage of an interval is what a file of events says",
     command_replace, replace_options},
    {"gaps", "", "which numbers never came, of sources that count their events", command_gaps,
     gaps_options},
    {"quarantine list", "", "what could not be counted and is open", command_quarantine_list,
     list_options},
    {"quarantine show", "FEED PARTITION OFFSET", "one record whole, and what became of it",
     command_quarantine_show, show_options},
    {"quarantine release", "[FEED PARTITION OFFSET]", "it is taken again, as a line of a file",
     command_quarantine_release, release_options},
    {"quarantine write-off", "FEED PARTITION OFFSET", "it will not be counted, and this is why",
     command_quarantine_write_off, write_off_options},
    {0},
};

static const struct cli_program program = {
    .name = "daybook-ingest",
    .help = "Takes usage events from Kafka or files into the signed book, each exactly once.",
    .commands = commands,
    .common_options = common,
};

int main(int argc, char **argv)
{
    core_init();
    return cli_main(&program, argc, argv);
}
