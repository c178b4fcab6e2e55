package postgres_test

import (
	"testing"

	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// Rule 15: a database whose standby took over is in another history, and says so to whoever is connected.
func TestTheLineageIsAnotherOnceAStandbyWasPromoted(t *testing.T) {
	t.Parallel()
	primary, err := pgtest.Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = primary.Remove() })
	standby, err := primary.Standby()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = standby.Remove() })
	s := open(t, pgtest.EitherURL(primary, standby, "postgres"))
	lineage := func() string {
		t.Helper()
		if err := s.Ping(t.Context()); err != nil {
			return ""
		}
		l, err := s.Lineage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	before := lineage()
	if before == "" || before != lineage() {
		t.Fatalf("it is %q, then %q", before, lineage())
	}
	if err := primary.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := standby.Promote(); err != nil {
		t.Fatal(err)
	}
	after := ""
	for after == "" { // the pool has connections to the one that is gone
		after = lineage()
	}
	if after == before {
		t.Errorf("it is %q still", after)
	}
}

func TestTheLineageIsKnownBehindAPooler(t *testing.T) {
	url := pgtest.URL(t)
	direct, err := open(t, url).Lineage(t.Context())
	if err != nil || direct == "" {
		t.Fatalf("%q, %v", direct, err)
	}
	if pooled, err := open(t, pgtest.Pooler(t, url)).Lineage(t.Context()); err != nil || pooled != direct {
		t.Errorf("%q, %v; want %q", pooled, err, direct)
	}
}
