// A consumer as one would write it in Go with the usual libraries (franz-go, pgx, encoding/json),
// keeping the same promise as daybook-ingest: each event once. One transaction holds the identities,
// the hourly sums and the offsets of a batch. It signs nothing, hashes no records, keeps no
// quarantine and cuts no slice at the hour: tests/bench/README.md.
//
//	bench-go BOOTSTRAP TOPIC CONNINFO < tenants, one a line
//
// Reads the topic from its first record to the last that is there, and prints one line of JSON.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	batchRecords = 100000
	farthest     = 5 * time.Minute
)

const schema = `
create table dedup (id bytea primary key);
create table hourly (tenant text, series text, hour bigint, quantity numeric, primary key (tenant, series, hour));
create table progress (part int primary key, next bigint not null)`

// Identities that are new, then what the first event of each adds.
const take = `
with fresh as (
    insert into dedup select distinct id from stage on conflict do nothing returning id),
added as (
    insert into hourly
    select tenant, series, hour, sum(quantity)
      from stage join (select id, min(record) as record from stage join fresh using (id) group by id) first
           using (id, record)
     where quantity > 0
     group by tenant, series, hour
    on conflict (tenant, series, hour) do update set quantity = hourly.quantity + excluded.quantity)
select count(*) from fresh`

var sources = map[string]string{"/cluster/fra1": "gpu.slice.v1", "/gateway/fra1": "tokens.request.v1"}

type event struct {
	ID      string          `json:"id"`
	Source  string          `json:"source"`
	Type    string          `json:"type"`
	Subject string          `json:"subject"`
	Time    time.Time       `json:"time"`
	Data    json.RawMessage `json:"data"`
}

type gpuSlice struct {
	Allocation, Project, Sku, Region, Zone, Market string
	GpuCount                                       int64 `json:"gpu_count"`
	Start, End                                     time.Time
}

type tokensRequest struct {
	Model, Region, Project, Principal, Tier string
	Batch                                   bool
	Tokens                                  map[string]int64
}

type part struct {
	series   string
	quantity int64
}

type consumer struct {
	tenants                               map[string]bool
	rows                                  [][]any
	next                                  map[int32]int64
	waiting                               int
	records, accepted, duplicate, refused int64
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func decode(record *kgo.Record) (event, error) {
	var e event
	binary := false
	for _, header := range record.Headers {
		value := string(header.Value)
		switch header.Key {
		case "ce_id":
			e.ID, binary = value, true
		case "ce_source":
			e.Source = value
		case "ce_type":
			e.Type = value
		case "ce_subject":
			e.Subject = value
		case "ce_time":
			at, err := time.Parse(time.RFC3339, value)
			if err != nil {
				return e, err
			}
			e.Time = at
		}
	}
	if binary {
		e.Data = record.Value
		return e, nil
	}
	return e, json.Unmarshal(record.Value, &e)
}

func measure(e *event) (time.Time, []part, error) {
	if e.Type == "gpu.slice.v1" {
		var slice gpuSlice
		if err := json.Unmarshal(e.Data, &slice); err != nil {
			return e.Time, nil, err
		}
		if !slice.End.After(slice.Start) {
			return e.Time, nil, fmt.Errorf("end before start")
		}
		series := strings.Join([]string{"gpu_time", slice.Project, slice.Sku, slice.Allocation,
			strconv.FormatInt(slice.GpuCount*1000, 10), slice.Market, slice.Region, slice.Zone}, "|")
		length := slice.End.Sub(slice.Start).Milliseconds()
		return slice.Start, []part{{series, slice.GpuCount * 1000 * length}}, nil
	}
	var request tokensRequest
	if err := json.Unmarshal(e.Data, &request); err != nil {
		return e.Time, nil, err
	}
	var parts []part
	for class, count := range request.Tokens {
		if count < 0 {
			return e.Time, nil, fmt.Errorf("negative")
		}
		series := strings.Join([]string{"tokens", request.Model, request.Region, request.Project,
			request.Principal, request.Tier, strconv.FormatBool(request.Batch), class}, "|")
		parts = append(parts, part{series, count})
	}
	return e.Time, parts, nil
}

func (c *consumer) add(record *kgo.Record) {
	c.records++
	c.waiting++
	c.next[record.Partition] = record.Offset + 1
	e, err := decode(record)
	if err != nil || sources[e.Source] != e.Type || !c.tenants[e.Subject] {
		c.refused++
		return
	}
	at, parts, err := measure(&e)
	if err != nil || at.After(record.Timestamp.Add(farthest)) {
		c.refused++
		return
	}
	id := sha256.Sum256([]byte(e.Subject + "\x00" + e.Source + "\x00" + e.ID))
	hour := at.Unix() / 3600
	for _, p := range parts {
		c.rows = append(c.rows, []any{id[:16], c.records, e.Subject, p.series, hour, p.quantity})
	}
	c.duplicate++ // until the database says that it is new
}

func (c *consumer) commit(ctx context.Context, db *pgx.Conn) error {
	if c.waiting == 0 {
		return nil
	}
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		var fresh int64
		if _, err := tx.Exec(ctx, "create temp table stage (id bytea, record bigint, tenant text, "+
			"series text, hour bigint, quantity bigint) on commit drop"); err != nil {
			return err
		}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"stage"},
			[]string{"id", "record", "tenant", "series", "hour", "quantity"}, pgx.CopyFromRows(c.rows)); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, take).Scan(&fresh); err != nil {
			return err
		}
		for partition, next := range c.next {
			if _, err := tx.Exec(ctx, "insert into progress values ($1, $2) on conflict (part) "+
				"do update set next = excluded.next", partition, next); err != nil {
				return err
			}
		}
		c.accepted += fresh
		c.duplicate -= fresh
		c.rows, c.waiting = c.rows[:0], 0
		return nil
	})
}

// Whether every partition was read to where it ended at the start.
func (c *consumer) isAtEnd(ends kadm.ListedOffsets, topic string) bool {
	for partition, end := range ends[topic] {
		if c.next[partition] < end.Offset {
			return false
		}
	}
	return true
}

func (c *consumer) run(ctx context.Context, client *kgo.Client, db *pgx.Conn, topic string) {
	ends := must(kadm.NewClient(client).ListEndOffsets(ctx, topic))
	for !c.isAtEnd(ends, topic) {
		fetches := client.PollRecords(ctx, 10000)
		if err := fetches.Err(); err != nil {
			log.Fatal(err)
		}
		fetches.EachRecord(c.add)
		if c.waiting >= batchRecords {
			must(0, c.commit(ctx, db))
		}
	}
	must(0, c.commit(ctx, db))
}

func main() {
	ctx, started := context.Background(), time.Now()
	c := consumer{tenants: map[string]bool{}, next: map[int32]int64{}}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		c.tenants[lines.Text()] = true
	}
	db := must(pgx.Connect(ctx, os.Args[3]))
	must(db.Exec(ctx, schema))
	client := must(kgo.NewClient(kgo.SeedBrokers(os.Args[1]), kgo.ConsumeTopics(os.Args[2]),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted())))
	c.run(ctx, client, db, os.Args[2])
	seconds := time.Since(started).Seconds()
	client.Close()
	must(0, db.Close(ctx))
	var usage syscall.Rusage
	must(0, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	cpu := float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1000
	must(0, json.NewEncoder(os.Stdout).Encode(map[string]any{"records": c.records,
		"accepted": c.accepted, "duplicate": c.duplicate, "refused": c.refused, "seconds": seconds,
		"records_per_second": int64(float64(c.records) / seconds),
		"cpu_us_per_record":  cpu / float64(c.records)}))
}
