package slacktest_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestChannelsAreListedPageByPageAsFarAsTheyAreVisible(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddChannel(slacktest.Channel{ID: "C0ARCHIVED", Archived: true})
	w.AddChannel(slacktest.Channel{ID: "C0ELSEWHERE", NoBot: true})
	w.AddChannel(slacktest.Channel{ID: "G0HIDDEN", NoBot: true, Private: true})
	tests := map[string]struct {
		params slack.GetConversationsParameters
		want   []string
	}{
		"public by default": {slack.GetConversationsParameters{Limit: 2}, []string{"C0ARCHIVED", "C0ELSEWHERE", support}},
		"private":           {slack.GetConversationsParameters{Limit: 2, Types: []string{"private_channel"}}, []string{private}},
		"both, in use": {slack.GetConversationsParameters{Limit: 2, Types: []string{"public_channel", "private_channel"}, ExcludeArchived: true},
			[]string{"C0ELSEWHERE", support, private}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for {
				page, next, err := client(w).GetConversationsContext(t.Context(), &test.params)
				ok(t, err)
				if len(page) > 2 {
					t.Errorf("a page of %d", len(page))
				}
				for _, c := range page {
					got = append(got, c.ID)
				}
				if next == "" {
					break
				}
				test.params.Cursor = next
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for want, args := range map[string][]string{
		"invalid_types":  {"types", "secret_channel"},
		"invalid_limit":  {"limit", "1000"},
		"invalid_cursor": {"cursor", "?"},
	} {
		if got := call(t, w, "conversations.list", args...)["error"]; got != want {
			t.Errorf("error = %v, want %s", got, want)
		}
	}
}

func TestConversationInfo(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddChannel(slacktest.Channel{ID: "C0ELSEWHERE", Name: "elsewhere", NoBot: true})
	w.AddChannel(slacktest.Channel{ID: "G0HIDDEN", NoBot: true, Private: true})
	info := func(id string) (*slack.Channel, error) {
		return client(w).GetConversationInfoContext(t.Context(), &slack.GetConversationInfoInput{ChannelID: id, IncludeNumMembers: true})
	}
	c := must(info(support))(t)
	if c.Name != "support" || !c.IsMember || c.IsPrivate || c.NumMembers != 2 {
		t.Errorf("info: %+v", c)
	}
	if c := must(info("C0ELSEWHERE"))(t); c.IsMember {
		t.Error("not a member of C0ELSEWHERE")
	}
	if _, err := info("G0HIDDEN"); err == nil || err.Error() != "channel_not_found" {
		t.Errorf("a private channel without us: %v", err)
	}
}

func TestJoin(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddChannel(slacktest.Channel{ID: "C0ELSEWHERE", NoBot: true})
	w.AddChannel(slacktest.Channel{ID: "C0ARCHIVED", NoBot: true, Archived: true})
	joined, _, warnings, err := client(w).JoinConversationContext(t.Context(), "C0ELSEWHERE")
	ok(t, err)
	if !joined.IsMember || len(warnings) != 0 {
		t.Errorf("joined %+v, warnings %v", joined, warnings)
	}
	stands := w.History("C0ELSEWHERE")
	if len(stands) != 1 || stands[0].Subtype != "channel_join" || stands[0].User != bot {
		t.Errorf("in the channel: %+v", stands)
	}
	_, _, warnings, err = client(w).JoinConversationContext(t.Context(), "C0ELSEWHERE")
	ok(t, err)
	if !slices.Contains(warnings, "already_in_channel") || len(w.History("C0ELSEWHERE")) != 1 {
		t.Errorf("joined twice: warnings %v", warnings)
	}
	for id, want := range map[string]string{
		"C0ARCHIVED": "is_archived", private: "method_not_supported_for_channel_type", "C0NOWHERE": "channel_not_found",
	} {
		if got := call(t, w, "conversations.join", "channel", id)["error"]; got != want {
			t.Errorf("%s: error = %v, want %s", id, got, want)
		}
	}
}

func TestLeavingEndsMembership(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	ok(t, w.Leave(bot, support))
	if got := call(t, w, "chat.postMessage", "channel", support, "text", "a")["error"]; got != "not_in_channel" {
		t.Errorf("error = %v", got)
	}
}
