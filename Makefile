# Daybook's one Makefile. `make help` lists what it can do.
#
# Every folder with C files is a static library. A library's row in the table below says which other
# libraries it may use: it gets their include paths and no others, so a wrong use does not compile.
# New files in these folders need no change here.

BUILD ?= release
OUT   ?= .build
B     := $(OUT)/$(BUILD)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

ifeq ($(origin CC),default)
CC := gcc
endif

# ---------------------------------------------------------------------------------------- flags

WERROR ?= 1
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
    -Wmissing-prototypes -Wvla -Wswitch-enum -Wformat=2 -Wfloat-equal -Wundef -Wwrite-strings \
    -Wredundant-decls -Wimplicit-fallthrough $(if $(filter 1,$(WERROR)),-Werror)

compiler := $(shell $(CC) --version 2>/dev/null | head -n 1) $(shell $(CC) -dumpmachine 2>/dev/null)

# OpenSSF's compiler options hardening guide. Assertions stay on in every variant: no -DNDEBUG.
HARDENING := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
    $(if $(findstring x86_64,$(compiler)),-fcf-protection=full) \
    -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing

cflags.release := -O2 -g $(HARDENING)
cflags.debug   := -O0 -g3 -DDAYBOOK_CRASH_POINTS
cflags.asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
    -DDAYBOOK_CRASH_POINTS
cflags.tsan    := -O1 -g -fsanitize=thread -fno-omit-frame-pointer -DDAYBOOK_CRASH_POINTS
cflags.cover   := -O0 -g --coverage
cflags.analyze := -O1 -g -fanalyzer
cflags.fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
ldflags.asan   := -fsanitize=address,undefined
ldflags.tsan   := -fsanitize=thread
ldflags.cover  := --coverage
ldflags.fuzz   := -fsanitize=fuzzer,address,undefined

ifeq ($(cflags.$(BUILD)),)
$(error BUILD=$(BUILD): choose release, debug, asan, tsan, cover, analyze or fuzz)
endif

CFLAGS_ALL := -std=c17 -D_GNU_SOURCE -fPIE -pthread -ffile-prefix-map=$(CURDIR)=. \
    $(WARNINGS) $(cflags.$(BUILD)) $(CFLAGS)
LDFLAGS_ALL := -pie -pthread -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed \
    $(ldflags.$(BUILD)) $(LDFLAGS)

# Libraries of others: asked of pkg-config, guessed without it, so that an auditor can build
# daybook-verify with a compiler and two libraries.
package = $(eval $1.cflags := $(shell pkg-config --cflags $1 2>/dev/null)) \
          $(eval $1.libs := $(or $(shell pkg-config --libs $1 2>/dev/null),$2))
$(call package,libsodium,-lsodium)
$(call package,jansson,-ljansson)
$(call package,libpq,-lpq)
$(call package,rdkafka,-lrdkafka)
$(call package,libmicrohttpd,-lmicrohttpd)
$(call package,libcurl,-lcurl)
$(call package,gmp,-lgmp)
$(call package,cmocka,-lcmocka)

# What every event passes is compiled for two kinds of linking: whole, which takes a sixth off what an event
# costs, for the programs of events, and as usual for all others, whose links would take ten times as long.
# WHOLE=0 links all as usual.
WHOLE ?= 1
ifneq ($(and $(filter release,$(BUILD)),$(findstring gcc,$(compiler))),)
whole := -fno-lto
ifeq ($(WHOLE),1)
whole_libraries := base core meter ingest
whole_programs  := daybook-ingest events
whole_compiled  := -flto -ffat-lto-objects
whole_linked    := -flto=auto -Wno-maybe-uninitialized
endif
endif

# ------------------------------------------------------------------------------------ machinery

say = @$(if $(V),,printf '  %-5s %s\n' '$1' '$2';)

# Writes $2 to the file $1 unless it says so already: what depends on it is rebuilt on a change only.
same = $(if $(subst x$1,,x$2)$(subst x$2,,x$1),,yes)
remember = $(if $(wildcard $1),$(if $(call same,$(strip $(file <$1)),$(strip $2)),,$(call rewrite,$1,$2)),$(call rewrite,$1,$2))
rewrite = $(shell mkdir -p $(dir $1))$(file >$1,$(strip $2))

# The header paths: .build/include/core/core is ledger/core, found only by those who get -I.build/include/core.
header_path = $(if $(filter $(realpath $2),$(realpath $(OUT)/include/$1/$1)),,$(if $(wildcard $2/.),$(shell \
    mkdir -p $(OUT)/include/$1 && ln -sfn $(realpath $2) $(OUT)/include/$1/$1)))

compile = $(CC) $(CFLAGS_ALL) $(whole) $(includes) -MMD -MP -c $< -o $@
link    = $(CC) $(LDFLAGS_ALL) $(CFLAGS_ALL) $(whole) $(filter %.o,$^) $(filter %.a,$^) $(packages) -o $@

archives_of = $(foreach l,$1 $($1.uses),$(if $($l.sources)$($l.generated),$(B)/lib/lib$l.a))
packages_of = $(foreach p,$(sort $(foreach l,$1 $($1.uses),$($l.packages))),$($p.libs))
includes_of = $(foreach l,$1 $($1.uses),-I$(OUT)/include/$l) $(if $($1.generated),-I$(B)/gen/$1) \
    $(foreach p,$($1.packages),$($p.cflags))
object_of   = $(patsubst %.c,$(B)/obj/%.o,$1)

define library_rules
libraries += $1
$1.folders := $2
$1.uses := $3
$1.packages := $4
$1.sources := $(filter-out %/main.c %_main.c,$(foreach d,$2,$(wildcard $d/*.c)))
$1.mains := $(foreach d,$2,$(wildcard $d/main.c $d/*_main.c))
$1.tests := $(foreach d,$2,$(wildcard tests/unit/$d/*_test.c))
$(call header_path,$1,$(firstword $2))
endef
library = $(eval $(call library_rules,$(strip $1),$(strip $2),$(strip $3),$(strip $4)))

define program_rules
programs += $(if $(wildcard $3),$(B)/bin/$1)
$(B)/bin/$1: private packages = $$(call packages_of,$2)
$(if $(filter $1,$(whole_programs)),$(B)/bin/$1: private whole = $(whole_linked))
$(B)/bin/$1: $(call object_of,$3) $$(call archives_of,$2) $(B)/flags
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$$(if $$(V),,@)$$(link)
endef
program = $(eval $(call program_rules,$(strip $1),$(strip $2),$(strip $3)))

define embed_rules
$1.generated += $2
$(call remember,$(B)/gen/$1/$2.files,$4)
$(B)/gen/$1/$2.h: mode = header
$(B)/gen/$1/$2.c: mode = source
$(B)/gen/$1/$2.c: $4 # the header has the names only
$(B)/gen/$1/$2.h $(B)/gen/$1/$2.c: sql/embed.awk $(B)/gen/$1/$2.files
	$$(call say,EMBED,$$@)
	@LC_ALL=C awk -v mode=$$(mode) -v unit=$2 -v prefix=$3 -f sql/embed.awk /dev/null $4 > $$@
endef
embed = $(eval $(call embed_rules,$(strip $1),$(strip $2),$(strip $3),$(sort $(wildcard $4))))

# ------------------------------------------------------------------------------------ the house

#              name      folders                     may use                             packages
$(call library,base,     ledger/base,                ,                                   )
$(call library,core,     ledger/core,                base,                               libsodium jansson)
$(call library,verify,   ledger/verify,              core base,                          libsodium jansson)
$(call library,witness,  ledger/witness,             core base,                          libmicrohttpd libcurl)
$(call library,store,    ledger/store,               core base,                          libpq)
$(call library,meter,    ingest/meter,               core base,                          )
$(call library,rating,   invoices/rating,            core base,                          gmp)
$(call library,rerate,   invoices/rerate,            rating core base,                   )
$(call library,ledger,   ledger,                     meter verify store core base,       )
$(call library,ingest,   ingest,                     meter store core base,              rdkafka)
$(call library,invoices, invoices invoices/render,   rating store core base,             )
$(call library,serve,    invoices/serve,             invoices rating store core base,    libmicrohttpd)

#              library   unit            prefix     files compiled in
$(call embed,  store,    queries,        sql_,      sql/schema/*.sql sql/queries/*.sql sql/roles.sql)
$(call embed,  meter,    meter_schemas,  schema_,   ingest/meter/schema/*.json)
$(call embed,  rating,   rating_schemas, schema_,   invoices/schema/*.json invoices/rating/schema/*.json)

#              program            library    its main
$(call program,daybook-ledger,    ledger,    ledger/main.c)
$(call program,daybook-verify,    verify,    ledger/verify/main.c)
$(call program,daybook-witness,   witness,   ledger/witness/main.c)
$(call program,daybook-cosign,    witness,   ledger/witness/cosign_main.c)
$(call program,daybook-ingest,    ingest,    ingest/main.c)
$(call program,daybook-invoices,  invoices,  invoices/main.c)
$(call program,daybook-rerate,    rerate,    invoices/rerate/main.c)
$(call program,daybook-serve,     serve,     invoices/serve/main.c)

# What only developers run: each file with a main is a program, the others are the library `dev`.
dev_sources := $(wildcard deploy/dev/*.c tests/harness/*.c tests/bench/*.c tests/model/*.c \
    tests/cases/*.c)
dev.mains := $(if $(dev_sources),$(shell grep -lE '^(int )?main\b' $(dev_sources)))
dev.sources := $(filter-out $(dev.mains),$(dev_sources))
dev.uses := rating ingest meter store core base
dev.packages := libsodium jansson rdkafka libpq
dev.folders := deploy/dev tests/harness tests/bench tests/model tests/cases
libraries += dev
$(call header_path,dev,deploy/dev)
$(call header_path,harness,tests/harness)
$(call header_path,bench,tests/bench)
$(call header_path,model,tests/model)
$(foreach m,$(dev.mains),$(call program,$(basename $(notdir $m)),dev,$m))

# Fuzz targets: each file with one is the program fuzz-TARGET, the others are the library `fuzz`, whose
# driver is the main of all (and is left out where libFuzzer brings its own).
fuzz_sources := $(wildcard tests/fuzz/*.c)
fuzz.mains := $(if $(fuzz_sources),$(shell grep -lE '^int LLVMFuzzerTestOneInput' $(fuzz_sources)))
fuzz.sources := $(filter-out $(fuzz.mains),$(fuzz_sources))
fuzz.uses := dev ingest verify witness rating meter store core base
fuzz.packages := libsodium jansson
fuzz.folders := tests/fuzz
libraries += fuzz
$(call header_path,fuzz,tests/fuzz)
$(foreach m,$(fuzz.mains),$(call program,fuzz-$(basename $(notdir $m)),fuzz,$m))

# ------------------------------------------------------------------------------------ the rules

# The programs once more, with the points of base/crash.h: what has one is compiled with them.
crash_sources := ledger/base/crash.c \
    $(shell grep -lw CRASH_AT $(foreach l,$(libraries),$(filter-out tests/%,$($l.sources))))

define crash_rules
crash_programs += $(B)/crash/bin/$1
$(B)/crash/bin/$1: private packages = $(call packages_of,$2)
$(B)/crash/bin/$1: $(call object_of,$3) $(foreach l,$2 $($2.uses),$($l.crash_objects)) \
    $(call archives_of,$2) $(B)/flags
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$$(if $$(V),,@)$$(link)
endef

define build_rules
$1.own_objects := $(call object_of,$($1.sources))
$1.gen_objects := $(foreach g,$($1.generated),$(B)/obj/gen/$1/$g.o)
$1.main_objects := $(call object_of,$($1.mains))
$1.test_objects := $(call object_of,$($1.tests))
objects += $$($1.own_objects) $$($1.gen_objects) $$($1.main_objects)
test_objects += $$($1.test_objects)

$(call remember,$(B)/lib/$1.files,$($1.sources) $($1.generated))
$(if $(filter $1,$(whole_libraries)),$$($1.own_objects): private whole = $(whole_compiled))
$$($1.own_objects) $$($1.gen_objects) $$($1.main_objects): private includes = $(call includes_of,$1) $(if \
    $(filter dev fuzz,$1),-I$(OUT)/include/harness -I$(OUT)/include/bench \
    -I$(OUT)/include/model)
$$($1.test_objects): private includes = $(call includes_of,$1) -I$(OUT)/include/harness -I$(OUT)/include/dev $(cmocka.cflags)
$$($1.own_objects) $$($1.main_objects) $$($1.test_objects): $(B)/obj/%.o: %.c $(B)/flags \
    | $(foreach g,$($1.generated),$(B)/gen/$1/$g.h)
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(if $$(V),,@)$$(compile)
$$($1.gen_objects): $(B)/obj/gen/%.o: $(B)/gen/%.c $(B)/flags | $(foreach g,$($1.generated),$(B)/gen/$1/$g.h)
	$$(call say,CC,$$<)
	@mkdir -p $$(@D)
	$$(if $$(V),,@)$$(compile)
$(B)/lib/lib$1.a: $$($1.own_objects) $$($1.gen_objects) $(B)/lib/$1.files
	$$(call say,AR,$$@)
	@rm -f $$@ && ar rcsD $$@ $$(filter %.o,$$^)
archives += $(if $($1.sources)$($1.generated),$(B)/lib/lib$1.a)

$1.crash_objects := $(patsubst %.c,$(B)/crash/obj/%.o,$(filter $(crash_sources),$($1.sources)))
crash_objects += $$($1.crash_objects)
$$($1.crash_objects): private includes = $(call includes_of,$1) -DDAYBOOK_CRASH_POINTS
$$($1.crash_objects): $(B)/crash/obj/%.o: %.c $(B)/flags | $(foreach g,$($1.generated),$(B)/gen/$1/$g.h)
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(if $$(V),,@)$$(compile)

$1.units := $(patsubst tests/%.c,$(B)/%,$($1.tests))
units += $$($1.units)
$$($1.units): private packages = $(call packages_of,$1) $(cmocka.libs)
$$($1.units): $(B)/%: $(B)/obj/tests/%.o $(if $(dev.sources),$(B)/lib/libdev.a) $(call archives_of,$1) $(B)/flags
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$$(if $$(V),,@)$$(link)
endef
$(foreach l,$(libraries),$(eval $(call build_rules,$l)))
$(eval $(call crash_rules,daybook-ledger,ledger,ledger/main.c))
$(eval $(call crash_rules,daybook-ingest,ingest,ingest/main.c))
$(eval $(call crash_rules,daybook-invoices,invoices,invoices/main.c))

$(call remember,$(B)/flags,$(compiler) $(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(whole_compiled) $(whole_linked))

-include $(patsubst %.o,%.d,$(objects) $(test_objects) $(crash_objects))

# ---------------------------------------------------------------------------------- the targets

.PHONY: all objects unit-programs crash-programs demo test check unit verify lint format tidy fuzz planted bench bench-ingest bench-proofs bench-rating bench-scale bench-lag bench-hours \
    test-external install-deps up down clean help

all: $(archives) $(programs) $(OUT)/bin ## build everything (BUILD=release, debug, asan, tsan, cover; CC=gcc, clang)

# The folder of the variant that was built last.
.PHONY: $(OUT)/bin
$(OUT)/bin: $(programs)
	@mkdir -p $(B)/bin
	@ln -sfn $(BUILD)/bin $@

# Packages may have come since this Makefile was read, so a new make goes on, on all cores.
again = $(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

objects: $(objects) $(test_objects)
unit-programs: $(units)
crash-programs: $(crash_programs)

demo: install-deps ## the whole story on private servers, in minutes
	@+$(again) all
	@deploy/dev/demo/run

test: install-deps ## install what is missing, build, and run every test under one prove (T=part of a name)
	@+$(again) check

# T=scenarios/crash runs the tests whose path has that in it.
T ?=
chosen = $(if $(T),$(foreach t,$1,$(if $(findstring $(T),$t),$t)),$1)
all_tests = $(call chosen,$(units) $(sort $(wildcard tests/tidy/*.t tests/sql/*.sql tests/vectors/*.t \
    tests/cases/*.t tests/model/*.t tests/fuzz/*.t tests/planted/*.t tests/scenarios/*.t \
    tests/tamper/*.t)))

check: all unit-programs crash-programs up
	@BUILD=$(BUILD) DAYBOOK_BIN=$(abspath $(B)/bin) tests/harness/prove $(all_tests)

unit: $(call chosen,$(units)) ## the unit tests: no servers (T=ledger/core chooses)
	@BUILD=$(BUILD) DAYBOOK_BIN=$(abspath $(B)/bin) tests/harness/prove $(call chosen,$(units))

verify: $(B)/bin/daybook-verify ## the auditor's program alone: needs only libsodium and jansson

c_files = $(wildcard $(foreach d,ledger ingest invoices deploy/dev tests,$d/*.[ch] $d/*/*.[ch] $d/*/*/*.[ch] $d/*/*/*/*.[ch]))

# cppcheck does not know jansson's loops, and takes what a library fills for uninitialised; the compiler's
# analyzer knows better.
lint: ## clang-format, gcc's analyzer, cppcheck
	@clang-format --dry-run -Werror $(c_files)
	@+$(MAKE) --no-print-directory BUILD=analyze CC=gcc objects
	@! command -v cppcheck >/dev/null || cppcheck -q -j2 --std=c11 --inline-suppr --error-exitcode=1 \
	    --enable=warning,portability,performance --suppress=missingIncludeSystem \
	    --suppress=unknownMacro --suppress=uninitvar \
	    $(foreach l,$(libraries),-I$(OUT)/include/$l) $(filter %.c,$(c_files))

format: ## clang-format every C file in place
	@clang-format -i $(c_files)

tidy: ## layers, sizes, banned calls, names
	@tests/harness/prove $(wildcard tests/tidy/*.t)

# Debian's libclang-rt-14-dev has libFuzzer; nothing else needs it.
SECONDS ?= 60
FUZZ_CC ?= clang
fuzz: ## libFuzzer, ASan and UBSan on one target (T=note), for SECONDS=60; needs Debian's libclang-rt-14-dev
	@$(if $(filter $T,$(basename $(notdir $(fuzz.mains)))),,echo 'make fuzz T=TARGET: $(sort $(basename \
	    $(notdir $(fuzz.mains))))' >&2; exit 2)
	@echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | \
	    $(FUZZ_CC) -fsanitize=fuzzer,address -x c - -o /dev/null 2>/dev/null || { \
	    echo 'make fuzz: clang has no libFuzzer here; apt-get install libclang-rt-14-dev' >&2; exit 2; }
	@+$(MAKE) --no-print-directory $(B)/bin/fuzz-$T
	@+$(MAKE) --no-print-directory BUILD=fuzz CC='$(FUZZ_CC)' $(OUT)/fuzz/bin/fuzz-$T
	@$(B)/bin/fuzz-$T --corpus $(OUT)/fuzz/corpus/$T
	@$(OUT)/fuzz/bin/fuzz-$T -max_total_time=$(SECONDS) -artifact_prefix=$(OUT)/fuzz/ $(OUT)/fuzz/corpus/$T

SEEDS ?= 1-200
campaign: all unit-programs up ## faults by seed (SEEDS=1-200), each book compared with what it must be; two hours
	@BUILD=$(BUILD) SEEDS=$(SEEDS) TEST_TIMEOUT_SECONDS=86400 DAYBOOK_BIN=$(abspath $(B)/bin) \
	    tests/harness/prove tests/scenarios/campaign.t

planted: all unit-programs crash-programs up ## bugs planted one at a time, each to be caught by a test (T=part of a name); ten minutes
	@BUILD=$(BUILD) tests/planted/run $(T)
	@DAYBOOK_BIN=$(abspath $(B)/bin) tests/planted/schema $(T)

script = @if [ -x $1 ]; then DAYBOOK_BIN=$(abspath $(B)/bin) $1; else echo "$1 is not there"; fi

bench-ingest: all ## how many events a second, against the floor
	$(call script,tests/bench/ingest)
bench-proofs: all ## what signing, proving and verifying cost, against bare hashes and signatures
	$(call script,tests/bench/proofs)
bench-rating: all ## what rating a month costs, against bare sums in SQL
	$(call script,tests/bench/rating)
bench-scale: all ## how ingest's cost moves with events, tenants, partitions, late events: table and plot
	$(call script,tests/bench/scale)
bench-lag: all ## from produced to shown by /v1/usage
	$(call script,tests/bench/lag)
bench-hours: all ## a start, a late event, a backfill over many identities
	$(call script,tests/bench/hours)
bench: bench-ingest bench-proofs bench-rating bench-lag bench-scale bench-hours ## every benchmark
test-external: install-deps ## the verifiers and validators that others wrote
	@+$(again) all
	$(call script,tests/external/run)

install-deps:
	@deploy/install-deps

up: ## start the private PostgreSQL and Kafka (.run/)
	@deploy/dev/postgres start
	@deploy/dev/kafka/broker start

down: ## stop exactly those, and what else runs under .run/
	@deploy/dev/down

clean: ## remove what was built; servers and downloads stay
	@rm -rf $(OUT)

help:
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22
