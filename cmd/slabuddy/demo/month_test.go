package demo

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/handlers/reportpage"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

// The months before the story are the same each time, show that Mondays lack somebody, and are over when it begins.
func TestTheMonthsBeforeTheStory(t *testing.T) {
	t.Parallel()
	made := func() report.Report {
		s := sqlitetest.Open(t)
		settings := escalation.DefaultSettings()
		settings.Channels = map[string]policy.Channel{enterprise: {Policy: "enterprise"}, teams: {Policy: "teams"}}
		m := month{random: rand.New(rand.NewPCG(5, 8)), workspace: "T1", now: curtain(), conditions: replay.Conditions{Settings: &settings}}
		if err := m.live(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		q := report.Query{From: curtain().Add(-aMonth), To: curtain()}
		r, err := report.Make(t.Context(), s, q, shiftsOf{m}, curtain(), time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := made()
	if w := r.Whole(); w.All() < 200 || w.Breached == 0 || w.Kept < 4*w.Breached || w.Open != 0 || r.WholeBefore().All() < 200 {
		t.Errorf("the last month: %+v, and the one before: %+v", w, r.WholeBefore())
	}
	var one, other bytes.Buffer
	if err := reportpage.Write(&one, r); err != nil {
		t.Fatal(err)
	}
	if err := reportpage.Write(&other, made()); err != nil || !bytes.Equal(one.Bytes(), other.Bytes()) {
		t.Errorf("another time it is another month: %v", err)
	}
	if !strings.Contains(one.String(), "Nobody was on shift for") {
		t.Error("the page does not say when nobody was on shift")
	}
}

// shiftsOf knows who was on shift.
type shiftsOf struct{ month }

func (s shiftsOf) Known(context.Context, string) (report.Known, error) {
	return report.Known{Rosters: s.shifts()}, nil
}

// What is beside the workspace is not served by the product's own router, and has paths of its own.
func TestThePagesBesideTheWorkspace(t *testing.T) {
	t.Parallel()
	settings := escalation.DefaultSettings()
	var paths []string
	for _, p := range pictures(nil, &settings) {
		paths = append(paths, p.Path)
	}
	if strings.Join(paths, " ") != "/report /what-if" {
		t.Errorf("pages: %v", paths)
	}
	if p := inOfficeHours(&settings).Policies[policy.Default]; p.Hours != "office" || settings.Policies[policy.Default].Hours != "" {
		t.Error("what is tried is not what is in force")
	}
}
