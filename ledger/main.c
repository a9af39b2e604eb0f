/* daybook-ledger: the book's keeper. The table of its commands. */
#include "base/cli.h"
#include "base/log.h"
#include "core/digest.h"
#include "ledger/audit.h"
#include "ledger/catalog.h"
#include "ledger/compare.h"
#include "ledger/export.h"
#include "ledger/init.h"
#include "ledger/keys.h"
#include "ledger/seal.h"
#include "ledger/succeed.h"
#include "ledger/tenants.h"
#include "ledger/tokens.h"
#include "store/operator.h"

static const struct cli_option common[] = {
    {"database", "CONNINFO", NULL, "the PostgreSQL database"},
    {"log", "N", "0", "the log's number"},
    {"keys", "DIR", NULL, "the folder of keys"},
    {"archive", "DIR", NULL, "the archive: public/ and private/"},
    {"published", "PATH", NULL, "the published checkpoint (ARCHIVE/public/checkpoint)"},
    {"state", "FILE", NULL, "the sealer's state file (KEYS/seal.state)"},
    OPERATOR_OPTION,
    {0},
};

static const struct cli_option migrate_options[] = {
    {"admin", "CONNINFO", NULL, "a connection that may create roles (else --database)"},
    {0},
};

static const struct cli_option init_options[] = {
    {"origin", "NAME", NULL, "the log's origin, such as ledger.example/eu1/2026h2"},
    {"admin", "CONNINFO", NULL, "a connection that may write everything (else --database)"},
    {0},
};

static const struct cli_option tenant_add_options[] = {
    {"name", "TEXT", NULL, "what people call it (else its id)"},
    {"zone", "ZONE", NULL, "the tenant's time zone, such as Europe/Berlin"},
    {"grid", "SECONDS", NULL, "3600, 1800 or 900 (else from the zone)"},
    {0},
};

static const struct cli_option tenant_rename_options[] = {
    {"name", "TEXT", NULL, "what people call it from now on"},
    {0},
};

static const struct cli_option token_add_options[] = {
    {"tenant", "ID[,...]", NULL, "the tenants whose data it may read"},
    {"scope", "SCOPE[,...]", NULL, "usage:read, invoices:read, ledger:read"},
    {"expires", "INSTANT", NULL, "when it stops to work (else never)"},
    {0},
};

static const struct cli_option seal_options[] = {
    {"once", NULL, NULL, "seal what is there and stop"},
    {"interval-ms", "MS", "1000", "between beats"},
    {"sigsum-head", "FILE", NULL, "write what is sealed as a Sigsum tree head, too"},
    {0},
};

static const struct cli_option log_succeed_options[] = {
    {"origin", "NAME", NULL, "the successor's origin, which no log of this ledger had"},
    {"common", "SIZE", NULL, "the last common size, as `daybook-ingest recover` named it"},
    {"admin", "CONNINFO", NULL, "a connection that may write everything (else --database)"},
    {0},
};

static const struct cli_option export_entries_options[] = {
    {"tenant", "ID", NULL, "only this tenant's"},
    {"from", "INSTANT", NULL, "only usage of windows from here on"},
    {"to", "INSTANT", NULL, "only usage of windows that begin before"},
    {"through", "INDEX", NULL, "up to this entry"},
    {0},
};

static const struct cli_option export_content_options[] = {
    {"subject", "ID", NULL, "only this subject's versions"},
    {0},
};

static const struct cli_option audit_options[] = {
    {"sample", "N", "1", "check the signature of every N-th entry only"},
    {"since", "CHECKPOINT", NULL, "go on from this saved checkpoint, or signed size"},
    {"json", NULL, NULL, "findings as one JSON object"},
    {"salt-key", "FILE", NULL, "to check bodies against commitments (KEYS/salt.key if there)"},
    {"policy", "FILE", NULL, "to verify the kept lines of its witnesses (C2SP tlog-policy)"},
    {0},
};

static const struct cli_option compare_options[] = {
    {"vkey", "FILE", NULL, "the log's public key, that signed both"},
    {0},
};

static const struct cli_command commands[] = {
    {"init", "", "make keys, the first entries and the first checkpoint", init_command,
     init_options},
    {"migrate", "", "bring the database to this program's schema", migrate_command,
     migrate_options},
    {"key new", "NAME", "make KEYS/NAME.key and NAME.vkey", key_new_command, NULL},
    {"key grant", "ROLE FILE", "grant a role (or roles, with commas) to a key", key_grant_command,
     NULL},
    {"key revoke", "FILE", "take all that it holds from a key", key_revoke_command, NULL},
    {"key list", "", "all grants, with the entries that made and ended them", key_list_command,
     NULL},
    {"tenant add", "ID", "add a tenant", tenant_add_command, tenant_add_options},
    {"tenant rename", "ID", "change what people call a tenant", tenant_rename_command,
     tenant_rename_options},
    {"tenant list", "", "all tenants", tenant_list_command, NULL},
    {"tenant sync", "", "make the registry's copies again from the entries", tenant_sync_command,
     NULL},
    {"token add", "NAME", "make an API key; it is shown once", token_add_command,
     token_add_options},
    {"token revoke", "ID", "end an API key", token_revoke_command, NULL},
    {"token list", "", "all API keys", token_list_command, NULL},
    {"catalog apply", "FILE", "make this catalog the next version", catalog_apply_command, NULL},
    {"catalog show", "", "the newest catalog", catalog_show_command, NULL},
    {"seal", "", "sign what is committed, archive and publish it", seal_command, seal_options},
    {"log succeed", "", "close a log whose records are lost for good; another goes on",
     log_succeed_command, log_succeed_options},
    {"export entries", "", "entries as NDJSON", export_entries_command, export_entries_options},
    {"export content", "KIND", "contents of one kind as NDJSON", export_content_command,
     export_content_options},
    {"audit", "", "check everything that is booked, and report every finding", audit_command,
     audit_options},
    {"compare", "CHECKPOINT CHECKPOINT", "find out whether a log showed two people two trees",
     compare_command, compare_options},
    {0},
};

static const struct cli_program program = {
    .name = "daybook-ledger",
    .help = "Keeps the book: what people decide, the seal, the archive, audits.",
    .commands = commands,
    .common_options = common,
};

int main(int argc, char **argv)
{
    core_init();
    return cli_main(&program, argc, argv);
}
