package helpdesk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
)

func TestOnlyAPublicReplyByAnAgentAnswers(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		later := noon.Add(10 * time.Minute)
		for _, id := range []string{"41", "42", "43", "44", "45"} {
			t.Open(id, noon)
		}
		t.Reply("42", later)
		t.Comment("43", helpdesktest.Comment{At: later, Private: true})
		t.Comment("44", helpdesktest.Comment{At: later, By: helpdesktest.Customer})
		t.SetState("45", t.open, later)
		t.want(answers{"41": unanswered, "42": repliedAt(later), "43": unanswered, "44": unanswered, "45": unanswered}, "")
	})
}

func TestAReplyCountsFromAMinuteBeforeTheMessage(t *testing.T) {
	tests := []struct {
		name    string
		replies []time.Duration // after the message
		want    desk.Answer
	}{
		{"at the message", []time.Duration{0}, repliedAt(noon)},
		{"a minute before", []time.Duration{-time.Minute}, repliedAt(noon.Add(-time.Minute))},
		{"more than a minute before", []time.Duration{-61 * time.Second}, unanswered},
		{"days before", []time.Duration{-72 * time.Hour}, unanswered},
		{"days before, and again after", []time.Duration{-72 * time.Hour, 5 * time.Minute}, repliedAt(noon.Add(5 * time.Minute))},
		{"often before, and after: the first after", []time.Duration{-72 * time.Hour, -48 * time.Hour, 5 * time.Minute, time.Hour}, repliedAt(noon.Add(5 * time.Minute))},
		{"often before", []time.Duration{-72 * time.Hour, -48 * time.Hour}, unanswered},
		{"before, and then just too early", []time.Duration{-72 * time.Hour, -61 * time.Second}, unanswered},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			forEachVendor(t, func(t *trial) {
				t.Open("42", noon.Add(-96*time.Hour))
				t.Comment("42", helpdesktest.Comment{At: noon.Add(time.Second), By: helpdesktest.Customer})
				for _, after := range tt.replies {
					t.Reply("42", noon.Add(after))
				}
				t.want(answers{"42": tt.want}, "")
			})
		})
	}
}

func TestALaterNoteIsNoLaterReply(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("42", noon.Add(-96*time.Hour))
		t.Reply("42", noon.Add(-72*time.Hour))
		t.Reply("42", noon.Add(-71*time.Hour))
		t.Comment("42", helpdesktest.Comment{At: noon.Add(time.Minute), Private: true})
		t.Comment("42", helpdesktest.Comment{At: noon.Add(2 * time.Minute), By: helpdesktest.Customer})
		t.want(answers{"42": unanswered}, "")
	})
}

func TestAReplyDatedInTheFutureIsAReply(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("42", noon)
		t.Reply("42", noon.Add(1000*time.Hour))
		t.want(answers{"42": repliedAt(noon.Add(1000 * time.Hour))}, "")
	})
}

func TestClosedWithoutAReplyIsWithdrawn(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		for _, id := range []string{"41", "42", "43"} {
			t.Open(id, noon.Add(-48*time.Hour))
			t.SetState(id, t.shut, noon.Add(time.Hour))
		}
		t.Reply("42", noon.Add(5*time.Minute))
		t.Reply("43", noon.Add(-24*time.Hour))
		t.want(answers{"41": withdrawn(t.closed), "42": repliedAt(noon.Add(5 * time.Minute)), "43": withdrawn(t.closed)}, "")
	})
}

func TestADeletedTicketIsWithdrawn(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("41", noon)
		t.Open("42", noon)
		t.want(answers{"41": unanswered, "42": unanswered}, "")
		t.Delete("42", noon.Add(time.Minute))
		t.want(answers{"41": unanswered, "42": withdrawn("deleted")}, "")
	})
}

// A ticket that was never there is no deleted one: it may belong to another account.
func TestAnUnknownTicketIsNotClosed(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("41", noon)
		t.want(answers{"41": unanswered, "42": unchecked}, "ticket 42: it is not there; please check")
	})
}

func TestAMergedTicketIsAnsweredByItsSurvivor(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		for _, id := range []string{"41", "42", "43", "44", "45", "46", "47", "48"} {
			t.Open(id, noon)
		}
		t.Merge("41", "42", noon.Add(time.Minute)) // answered there
		t.Reply("42", noon.Add(5*time.Minute))
		t.Merge("43", "44", noon.Add(time.Hour)) // not answered there
		t.Reply("45", noon.Add(2*time.Minute))   // answered before it was merged
		t.Merge("45", "48", noon.Add(2*time.Hour))
		t.Merge("46", "47", noon.Add(3*time.Hour)) // by way of another one, and closed there
		t.SetState("47", t.shut, noon.Add(4*time.Hour))
		t.want(answers{
			"41": repliedAt(noon.Add(5 * time.Minute)), "43": unanswered, "45": repliedAt(noon.Add(2 * time.Minute)),
			"46": withdrawn(t.closed),
		}, "")
	})
}

func TestMergesAreFollowedThroughOthersButNotForEver(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		ids := []string{"40", "41", "42", "43", "44", "45", "46", "47"}
		for i, id := range ids {
			t.Open(id, noon)
			if i > 0 {
				t.Merge(ids[i-1], id, noon.Add(time.Duration(i)*time.Hour))
			}
		}
		t.Reply("47", noon.Add(10*time.Hour))
		t.want(answers{"42": repliedAt(noon.Add(10 * time.Hour))}, "") // five merges
		if t.straight {
			t.want(answers{"41": repliedAt(noon.Add(10 * time.Hour))}, "")
			return
		}
		t.want(answers{"41": unchecked}, "ticket 41: it was merged more than 5 times")
	})
}

func TestMergedInACircleIsNotClosed(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("41", noon)
		t.Open("42", noon)
		t.Merge("41", "42", noon.Add(time.Hour))
		t.Merge("42", "41", noon.Add(2*time.Hour))
		if t.straight {
			t.want(answers{"41": unchecked}, "ticket 41: it is not there") // the vendor refuses such a merge
			return
		}
		t.want(answers{"41": unchecked}, "ticket 41: it was merged in a circle")
	})
}

func TestTheLinkIsThatOfTheAgents(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("41", noon)
		t.Open("42", noon)
		t.Merge("41", "42", noon.Add(time.Minute))
		got, err := t.desk.Ask(t.Context(), ask("41", "42"))
		checkError(t.T, err, "")
		for _, id := range []string{"41", "42"} {
			if want := t.link(t.URL(), "42"); got[id].Link != want {
				t.Errorf("ticket %s: link %q, want %q", id, got[id].Link, want)
			}
		}
	})
}

func TestBadAnswersCloseNothing(t *testing.T) {
	tests := []struct {
		fault helpdesktest.Fault
		says  string
	}{
		{helpdesktest.Hang, "no answer in time"},
		{helpdesktest.Cut, "cannot be reached: unexpected EOF"},
		{helpdesktest.ServerError, "500 Internal Server Error"},
		{helpdesktest.Limited, "429 Too Many Requests, asking again in 30s (12:00:30 UTC)"},
		{helpdesktest.Garbage, "its answer"},
		{helpdesktest.HalfJSON, "its answer"},
		{helpdesktest.WebPage, "it answered with a web page, please check"},
		{helpdesktest.ErrorInside, "its answer"},
		{helpdesktest.OtherTickets, "ticket 4"},
	}
	for _, tt := range tests {
		t.Run(string(tt.fault), func(t *testing.T) {
			forEachVendor(t, func(t *trial) {
				for _, id := range []string{"41", "42", "43"} {
					t.Open(id, noon)
					t.Reply(id, noon.Add(time.Minute))
					t.SetState(id, t.shut, noon.Add(time.Hour))
				}
				t.Fail(tt.fault, helpdesktest.Always)
				wait := 10 * time.Second
				if tt.fault == helpdesktest.Hang {
					wait = 350 * time.Millisecond
				}
				ctx, cancel := context.WithTimeout(t.Context(), wait)
				defer cancel()
				got, err := t.desk.Ask(ctx, ask("41", "42", "43"))
				t.compare(answers{}, got)
				checkError(t.T, err, tt.says)
				if err != nil && (len(err.Error()) > 500 || strings.Contains(err.Error(), "Lorem ipsum")) {
					t.Errorf("the error repeats what it was told: %q", err)
				}
			})
		})
	}
}

func TestNumbersAsStringsAndStringsAsNumbers(t *testing.T) {
	for _, fault := range []helpdesktest.Fault{helpdesktest.StringIDs, helpdesktest.NumericIDs} {
		forEachVendor(t, func(t *trial) {
			t.Open("41", noon.Add(-72*time.Hour))
			t.Open("42", noon.Add(-72*time.Hour))
			t.Reply("42", noon.Add(-48*time.Hour))
			t.Reply("42", noon.Add(time.Minute))
			t.Fail(fault, helpdesktest.Always)
			t.want(answers{"41": unanswered, "42": repliedAt(noon.Add(time.Minute))}, "")
		})
	}
}

func TestWhileLimitedADeskIsNotCalled(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("42", noon)
		t.Fail(helpdesktest.Limited, 1)
		_, err := t.desk.Ask(t.Context(), ask("42"))
		checkError(t.T, err, "asking again in 30s (12:00:30 UTC)")
		calls := len(t.Calls())
		t.clock.pass(29 * time.Second)
		_, err = t.desk.Ask(t.Context(), ask("42"))
		checkError(t.T, err, "it said we ask too often; asking again in 1s (12:00:30 UTC)")
		if n := len(t.Calls()); n != calls {
			t.Errorf("%d calls while limited", n-calls)
		}
		t.clock.pass(time.Second)
		t.want(answers{"42": unanswered}, "")
	})
}

func TestAnEmptyQuotaIsNotTried(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("42", noon)
		t.Quota(2)
		t.want(answers{"42": unanswered}, "")
		calls := len(t.Calls())
		t.Quota(0)
		t.desk.Ask(t.Context(), ask("42")) // may learn that the quota is gone
		t.desk.Ask(t.Context(), ask("42"))
		_, err := t.desk.Ask(t.Context(), ask("42"))
		checkError(t.T, err, "it said we ask too often")
		if n := len(t.Calls()) - calls; n > 1 {
			t.Errorf("%d calls without a quota", n)
		}
	})
}

func TestWrongCredentialsAreToldWithoutThem(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		const wrong = "wr0ng-t0ken"
		desk, err := t.vendor.desk(t.URL(), wrong, t.clock, t.reg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = desk.Ask(t.Context(), ask("42"))
		checkError(t.T, err, t.check)
		if err != nil && strings.Contains(err.Error(), wrong) {
			t.Errorf("the error tells the secret: %q", err)
		}
	})
}

func TestIDsThatAreNoNumbersStayOutOfAddresses(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("42", noon)
		t.want(answers{"42": unanswered, "../users": unchecked}, "its id is not a ticket's number")
		for _, call := range t.Calls() {
			if strings.Contains(call, "users") {
				t.Errorf("called %s", call)
			}
		}
	})
}

// One number that no database holds must not fail the question about all others.
func TestNumbersThatAreTooLongAreNotAskedAbout(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("42", noon)
		t.want(answers{"42": unanswered, strings.Repeat("9", 19): unchecked}, "its id is not a ticket's number")
	})
}

func TestNothingAskedNothingCalledAndNeverOverAHundred(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		if got, err := t.desk.Ask(t.Context(), nil); len(got) > 0 || err != nil {
			t.Errorf("asked nothing: %v, %v", got, err)
		}
		var many []string
		for i := range desk.MaxQuestions + 1 {
			many = append(many, fmt.Sprint(1000+i))
		}
		_, err := t.desk.Ask(t.Context(), ask(many...))
		checkError(t.T, err, "101 questions at once, at most 100 are allowed")
		if n := len(t.Calls()); n > 0 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestThirtyTicketsAreSettledInAHandfulOfCalls(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		want := answers{}
		for i := range 30 {
			id := fmt.Sprint(100 + i)
			t.Open(id, noon)
			want[id] = unanswered
			if i%3 > 0 {
				at := noon.Add(time.Duration(i) * time.Minute)
				t.Reply(id, at)
				want[id] = repliedAt(at)
			}
		}
		for i := range 250 { // others' tickets
			t.Open(fmt.Sprint(1000+i), noon.Add(-time.Duration(i)*time.Hour))
		}
		t.want(want, "")
		most := 3
		if t.each {
			most += len(want) + 6 // some ask at once who it was that replied
		}
		if calls := t.Calls(); len(calls) > most {
			t.Errorf("%d calls: %v", len(calls), calls)
		}
	})
}

func TestWhatWasLearntBeforeTheTimeIsUpIsTold(t *testing.T) {
	forEachVendor(t, func(t *trial) {
		t.Open("41", noon)
		t.Reply("41", noon.Add(time.Minute))
		t.Open("42", noon.Add(-72*time.Hour))
		t.Reply("42", noon.Add(-48*time.Hour))
		t.Reply("42", noon.Add(-47*time.Hour))
		t.Comment("42", helpdesktest.Comment{At: noon, By: helpdesktest.Customer})
		t.Reply("42", noon.Add(time.Minute))
		t.clock.pass(time.Hour)
		t.desk.Ask(t.Context(), ask("41")) // for Intercom's links, and what RT's history holds
		t.Fail("", 1)                      // the call that finds both
		t.Fail(helpdesktest.Hang, helpdesktest.Always)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		got, err := t.desk.Ask(ctx, ask("41", "42"))
		t.compare(answers{"41": repliedAt(noon.Add(time.Minute))}, got)
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			t.Errorf("error %v, and %v left: want a deadline, in time", err, ctx.Err())
		}
	})
}
