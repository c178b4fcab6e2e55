package summary

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

var week = time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)

// busy is a summary of a week with so many breaches of tickets whose subject is hostile.
func busy(breaches int) escalation.Summary {
	s := escalation.Summary{From: week, To: week.AddDate(0, 0, 7), Zone: "Europe/Berlin", Sentence: "92 % of 148 tickets got their first reply in time.", Breaches: breaches + 3}
	for day := range 8 {
		s.Bars = append(s.Bars, escalation.Bar{Label: week.AddDate(0, 0, day).Format("Mon 2 Jan"), Kept: 10 + day, Breached: day})
	}
	for i := range breaches {
		s.Missed = append(s.Missed, escalation.Missed{
			Channel: "C0ENT", Thread: "1.1", Clock: policy.FirstReply, At: week.Add(time.Duration(i) * time.Hour), Because: "snoozed by <!channel>",
			Ticket: escalation.Ticket{ID: fmt.Sprint(4000 + i), Subject: "<!here> *bold* " + strings.Repeat("long ", 100), Link: "https://desk.example.com/tickets/1", Priority: "high"},
		})
	}
	return s
}

// Slack's own library knows the limits of both blocks.
func TestPictureAndTableKeepToSlacksLimits(t *testing.T) {
	for _, breaches := range []int{0, 1, 50} {
		m := Of(busy(breaches))
		kinds := map[slack.MessageBlockType]int{}
		for _, b := range m.Rich {
			kinds[b.BlockType()]++
			if checked, ok := b.(interface{ Validate() error }); ok {
				if err := checked.Validate(); err != nil {
					t.Errorf("%d breaches: %v", breaches, err)
				}
			}
		}
		if kinds[slack.MBTDataVisualization] != 1 || kinds[slack.MBTDataTable] != min(breaches, 1) || len(m.Rich) > 50 || len(m.Plain) > 50 {
			t.Errorf("%d breaches: %v, %d and %d blocks", breaches, kinds, len(m.Rich), len(m.Plain))
		}
	}
}

func TestASummaryPingsNobodyAndSaysTheSameAsText(t *testing.T) {
	m := Of(busy(12))
	plain, err := json.Marshal(m.Plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{m.Text, strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(plain))} {
		if strings.Contains(said, "<!here>") || strings.Contains(said, "<!channel>") || !strings.Contains(said, "4000") {
			t.Errorf("said: %s", said)
		}
	}
	for _, part := range []string{"*16 November to 23 November 2026:* 92 % of 148", "4009", "snoozed by &lt;!channel&gt;", "…and 5 more."} {
		if !strings.Contains(m.Text, part) {
			t.Errorf("the text does not say %q:\n%s", part, m.Text)
		}
	}
	if strings.Contains(m.Text, "4010") {
		t.Error("the list goes on beyond ten")
	}
}

func TestAWeekInWhichNothingHappenedHasNoPicture(t *testing.T) {
	m := Of(escalation.Summary{From: week, To: week.AddDate(0, 0, 7), Zone: "Nowhere/Land", Sentence: "No ticket came in.", Bars: []escalation.Bar{{Label: "Mon"}}})
	if len(m.Rich) != 1 || !strings.Contains(m.Text, "No ticket came in.") {
		t.Errorf("%+v", m)
	}
}

// links know the threads of one channel.
type links struct{}

func (links) Permalink(_ context.Context, workspace, channel, ts string) (string, error) {
	if channel != "C0ENT" {
		return "", errors.New("channel_not_found")
	}
	return "https://" + workspace + ".slack.example.com/archives/" + channel + "/" + ts, nil
}

// A breach leads to the help desk, and to its thread where Slack says where that is.
func TestABreachLeadsToItsThread(t *testing.T) {
	s := busy(3)
	s.Missed[1].Channel, s.Missed[2].Thread = "C0GONE", ""
	LinkThreads(t.Context(), links{}, "T1", s.Missed)
	const thread = "https://T1.slack.example.com/archives/C0ENT/1.1"
	if s.Missed[0].Link != thread || s.Missed[1].Link != "" || s.Missed[2].Link != "" {
		t.Errorf("links: %q, %q, %q", s.Missed[0].Link, s.Missed[1].Link, s.Missed[2].Link)
	}
	m := Of(s)
	rich, err := json.Marshal(m.Rich)
	if err != nil {
		t.Fatal(err)
	}
	for where, said := range map[string]string{"the table": string(rich), "the text": m.Text} {
		if strings.Count(said, thread) != 1 || strings.Count(said, "https://desk.example.com/tickets/1") != 3 {
			t.Errorf("%s leads elsewhere:\n%s", where, said)
		}
	}
}
