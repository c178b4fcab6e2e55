package slacktest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestTSIsUniqueAndGrowsThoughTheClockStandsOrRunsBack(t *testing.T) {
	c := newClock()
	w := newWorkspace(t, slacktest.Options{Now: c.Now})
	first := say(t, w, "one")
	second := say(t, w, "two")
	c.Add(-time.Hour)
	third := say(t, w, "three")
	if want := []string{"1772442000.000000", "1772442000.000001", "1772442000.000002"}; !slices.Equal([]string{first, second, third}, want) {
		t.Errorf("ts %s, %s, %s, want %v", first, second, third, want)
	}
	if got := slacktest.TS(start); got != first {
		t.Errorf("TS(start) = %s", got)
	}
}

func TestMessageCanBeDated(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	say(t, w, "now")
	old := slacktest.TS(start.Add(-73 * time.Hour))
	if got := post(t, w, ana, support, slacktest.Message{TS: old, Text: "old"}); got != old {
		t.Errorf("ts = %s", got)
	}
	if diff := cmp.Diff([]string{"old", "now"}, standing(w.History(support))); diff != "" {
		t.Error(diff)
	}
	for _, ts := range []string{old, "1.0000000", "soon"} {
		if _, err := w.PostAs(ana, support, slacktest.Message{TS: ts}); err == nil {
			t.Errorf("a second message took ts %q", ts)
		}
	}
}

func TestHistoryPagesFromTheNewestBack(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	for i := range 5 {
		say(t, w, fmt.Sprint(i))
	}
	var pages [][]string
	next := ""
	for {
		answer := call(t, w, "conversations.history", "channel", support, "limit", "2", "cursor", next)
		pages = append(pages, texts(t, answer))
		next = cursor(answer)
		if answer["has_more"] != (next != "") {
			t.Errorf("has_more %v with cursor %q", answer["has_more"], next)
		}
		if next == "" {
			break
		}
	}
	if diff := cmp.Diff([][]string{{"4", "3"}, {"2", "1"}, {"0"}}, pages); diff != "" {
		t.Error(diff)
	}
	if all := call(t, w, "conversations.history", "channel", support, "limit", "5"); all["has_more"] != false || cursor(all) != "" {
		t.Errorf("a page that holds all has more: %v", all)
	}
}

func TestHistoryShowsTopLevelMessagesWithTheirThreadsSummedUp(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddUser(slacktest.User{ID: "U0BO"})
	parent := say(t, w, "New ticket")
	reply(t, w, parent, "Looking")
	last := post(t, w, "U0BO", support, slacktest.Message{ThreadTS: parent, Text: "Me too"})
	alone := say(t, w, "Lunch?")

	res, err := client(w).GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: support})
	ok(t, err)
	if len(res.Messages) != 2 || res.Messages[0].Timestamp != alone || res.Messages[0].ThreadTimestamp != "" {
		t.Fatalf("history: %+v", res.Messages)
	}
	got := res.Messages[1]
	if got.Timestamp != parent || got.ThreadTimestamp != parent || got.ReplyCount != 2 || got.LatestReply != last ||
		!slices.Equal(got.ReplyUsers, []string{ana, "U0BO"}) {
		t.Errorf("parent: %+v", got.Msg)
	}
}

func TestHistoryWindow(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	var ts []string
	for i := range 4 {
		ts = append(ts, say(t, w, fmt.Sprint(i)))
	}
	tests := map[string]struct {
		args []string
		want []string
	}{
		"both ends excluded":       {[]string{"oldest", ts[0], "latest", ts[3]}, []string{"2", "1"}},
		"both ends included":       {[]string{"oldest", ts[0], "latest", ts[3], "inclusive", "true"}, []string{"3", "2", "1", "0"}},
		"inclusive alone":          {[]string{"inclusive", "1"}, []string{"3", "2", "1", "0"}},
		"seconds without fraction": {[]string{"oldest", "1772441999"}, []string{"3", "2", "1", "0"}},
		"nothing in it":            {[]string{"oldest", ts[3]}, []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := call(t, w, "conversations.history", append(test.args, "channel", support)...)
			if diff := cmp.Diff(test.want, texts(t, answer)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHistoryAndRepliesRefusals(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddChannel(slacktest.Channel{ID: "C0ELSEWHERE", NoBot: true})
	w.AddChannel(slacktest.Channel{ID: "G0HIDDEN", NoBot: true, Private: true})
	ts := say(t, w, "a")
	for want, args := range map[string][]string{
		"not_in_channel":    {"channel", "C0ELSEWHERE"},
		"channel_not_found": {"channel", "G0HIDDEN"},
		"invalid_ts_oldest": {"channel", support, "oldest", "yesterday"},
		"invalid_ts_latest": {"channel", support, "latest", "1.1234567"},
		"invalid_cursor":    {"channel", support, "cursor", "bmV4dA=="},
		"invalid_arguments": {"channel", support, "limit", "all"},
	} {
		for _, method := range []string{"conversations.history", "conversations.replies"} {
			if got := call(t, w, method, append(args, "ts", ts)...)["error"]; got != want {
				t.Errorf("%s: error = %v, want %s", method, got, want)
			}
		}
	}
	if got := call(t, w, "conversations.replies", "channel", support, "ts", "1.000000")["error"]; got != "thread_not_found" {
		t.Errorf("replies to nothing: %v", got)
	}
}

func TestRepliesBeginEveryPageWithTheParent(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	var second string
	for i := range 3 {
		if ts := reply(t, w, parent, fmt.Sprint(i)); i == 1 {
			second = ts
		}
	}
	first := call(t, w, "conversations.replies", "channel", support, "ts", parent, "limit", "2")
	rest := call(t, w, "conversations.replies", "channel", support, "ts", parent, "limit", "2", "cursor", cursor(first))
	since := call(t, w, "conversations.replies", "channel", support, "ts", parent, "oldest", second)
	for _, page := range []struct {
		answer map[string]any
		want   []string
		more   bool
	}{
		{first, []string{"New ticket", "0", "1"}, true},
		{rest, []string{"New ticket", "2"}, false},
		{since, []string{"New ticket", "2"}, false},
	} {
		if diff := cmp.Diff(page.want, texts(t, page.answer)); diff != "" || page.answer["has_more"] != page.more {
			t.Errorf("has_more %v\n%s", page.answer["has_more"], diff)
		}
	}
	if by := objects(t, first, "messages")[1]; by["parent_user_id"] != ana || by["thread_ts"] != parent {
		t.Errorf("reply: %v", by)
	}
}

func TestRepliesOfAReplyAreItsWholeThread(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	inner := reply(t, w, parent, "Looking")
	messages, more, _, err := client(w).GetConversationRepliesContext(t.Context(),
		&slack.GetConversationRepliesParameters{ChannelID: support, Timestamp: inner})
	ok(t, err)
	if len(messages) != 2 || messages[0].Timestamp != parent || more {
		t.Errorf("%d messages, more %v", len(messages), more)
	}
}

func TestPagingOutlivesTheDeletionOfTheMessageItStoppedAt(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	var ts []string
	for i := range 4 {
		ts = append(ts, say(t, w, fmt.Sprint(i)))
	}
	first := call(t, w, "conversations.history", "channel", support, "limit", "2")
	ok(t, w.Delete(support, ts[1]))
	rest := call(t, w, "conversations.history", "channel", support, "limit", "2", "cursor", cursor(first))
	if diff := cmp.Diff([]string{"0"}, texts(t, rest)); diff != "" {
		t.Error(diff)
	}
}

func TestMetadataIsReadBackOnlyWhenAskedFor(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	metadata := slack.SlackMetadata{EventType: "slabuddy", EventPayload: map[string]any{"job": "j1"}}
	for _, thread := range []string{parent, ""} {
		_, _, err := client(w).PostMessageContext(t.Context(), support, slack.MsgOptionText("a", false),
			slack.MsgOptionTS(thread), slack.MsgOptionMetadata(metadata))
		ok(t, err)
	}
	for _, asked := range []bool{true, false} {
		want := slack.SlackMetadata{}
		if asked {
			want = metadata
		}
		replies, _, _, err := client(w).GetConversationRepliesContext(t.Context(),
			&slack.GetConversationRepliesParameters{ChannelID: support, Timestamp: parent, IncludeAllMetadata: asked})
		ok(t, err)
		history, err := client(w).GetConversationHistoryContext(t.Context(),
			&slack.GetConversationHistoryParameters{ChannelID: support, IncludeAllMetadata: asked})
		ok(t, err)
		for name, got := range map[string]slack.SlackMetadata{"replies": replies[1].Metadata, "history": history.Messages[0].Metadata} {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, asked %v:\n%s", name, asked, diff)
			}
		}
	}
}
