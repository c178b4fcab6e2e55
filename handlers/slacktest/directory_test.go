package slacktest_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestUsersAreListedPageByPageBotsAndTheGoneIncluded(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddUser(slacktest.User{ID: "U0OWNER", Owner: true})
	w.AddUser(slacktest.User{ID: "U0GONE"})
	ok(t, w.Deactivate("U0GONE"))
	var ids, pages []string
	next := ""
	for {
		answer := call(t, w, "users.list", "limit", "2", "cursor", next)
		for _, u := range objects(t, answer, "members") {
			ids = append(ids, u["id"].(string))
			if u["deleted"] != (u["id"] == "U0GONE") || u["is_admin"] != (u["id"] == "U0OWNER") || u["is_bot"] != (u["id"] == bot) {
				t.Errorf("user: %v", u)
			}
		}
		next = cursor(answer)
		pages = append(pages, next)
		if next == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{ana, "U0GONE", "U0OWNER", bot, "USLACKBOT"}, ids); diff != "" || len(pages) != 3 {
		t.Errorf("%d pages\n%s", len(pages), diff)
	}
	all, err := client(w).GetUsersContext(t.Context())
	ok(t, err)
	if len(all) != 5 {
		t.Errorf("the client library lists %d", len(all))
	}
	if got := call(t, w, "users.list", "cursor", "bmV4dA==")["error"]; got != "invalid_cursor" {
		t.Errorf("cursor: %v", got)
	}
	if err := w.Deactivate("U0NOBODY"); err == nil {
		t.Error("nobody is deactivated")
	}
}

func TestMembersOfAChannel(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddChannel(slacktest.Channel{ID: "G0HIDDEN", Private: true, NoBot: true})
	var got []string
	next := ""
	for {
		page, more, err := client(w).GetUsersInConversationContext(t.Context(), &slack.GetUsersInConversationParameters{ChannelID: support, Limit: 1, Cursor: next})
		ok(t, err)
		got = append(got, page...)
		if next = more; next == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{ana, bot}, got); diff != "" {
		t.Error(diff)
	}
	for want, args := range map[string][]string{
		"channel_not_found": {"channel", "G0HIDDEN"},
		"invalid_limit":     {"channel", support, "limit", "0"},
		"invalid_cursor":    {"channel", support, "cursor", "bmV4dA=="},
	} {
		if got := call(t, w, "conversations.members", args...)["error"]; got != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}

func TestPermalinks(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "a")
	answer := reply(t, w, parent, "b")
	for ts, want := range map[string]string{
		parent: "https://acme-support.slack.com/archives/C0SUPPORT/p1772442000000000",
		answer: "https://acme-support.slack.com/archives/C0SUPPORT/p1772442000000001?thread_ts=1772442000.000000&cid=C0SUPPORT",
	} {
		got, err := client(w).GetPermalinkContext(t.Context(), &slack.PermalinkParameters{Channel: support, Ts: ts})
		ok(t, err)
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := call(t, w, "chat.getPermalink", "channel", support, "message_ts", "1.000000")["error"]; got != "message_not_found" {
		t.Errorf("no such message: %v", got)
	}
}

func TestTeamAndBots(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{Scopes: []string{"team:read", "users:read"}})
	team, err := client(w).GetTeamInfoContext(t.Context())
	ok(t, err)
	if team.ID != "T0SLABUDDY" || team.Domain != "acme-support" || team.Name != "Acme Support" {
		t.Errorf("team: %+v", team)
	}
	desk := w.AddApp(slacktest.App{Name: "Zendesk"})
	b, err := client(w).GetBotInfoContext(t.Context(), slack.GetBotInfoParameters{Bot: desk.BotID})
	ok(t, err)
	if b.Name != "Zendesk" || b.UserID != desk.UserID {
		t.Errorf("bot: %+v", b)
	}
	if got := call(t, w, "bots.info", "bot", "B0NOBODY")["error"]; got != "bot_not_found" {
		t.Errorf("no such bot: %v", got)
	}
}

func TestEphemeralMessagesReachOneMemberAlone(t *testing.T) {
	w, a := withApp(t, slacktest.Options{})
	outsider := w.AddUser(slacktest.User{ID: "U0OUT"}).ID
	w.AddChannel(slacktest.Channel{ID: "C0ELSEWHERE", NoBot: true, Members: []string{ana}})
	w.AddChannel(slacktest.Channel{ID: "C0OLD", Members: []string{ana}, Archived: true})
	for want, args := range map[string][]string{
		"user_not_in_channel": {"channel", support, "user", outsider},
		"not_in_channel":      {"channel", "C0ELSEWHERE", "user", ana},
		"is_archived":         {"channel", "C0OLD", "user", ana},
		"channel_not_found":   {"channel", "C0NOWHERE", "user", ana},
	} {
		if got := call(t, w, "chat.postEphemeral", append(args, "text", "why")...)["error"]; got != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
	parent := say(t, w, "New ticket")
	whisper := func(text string) {
		t.Helper()
		if answer := call(t, w, "chat.postEphemeral", "channel", support, "user", ana, "text", text, "thread_ts", parent); answer["ok"] != true {
			t.Errorf("answer: %v", answer)
		}
	}
	whisper("in a thread that nobody has opened")
	reply(t, w, parent, "42")
	whisper("why")
	if got := w.Ephemerals(ana); len(got) != 1 || got[0].Text != "why" || got[0].ThreadTS != parent || got[0].BotID != "B0SLABUDDY" {
		t.Errorf("ephemerals: %+v", got)
	}
	if got := w.Ephemerals(outsider); len(got) != 0 {
		t.Errorf("others see %+v", got)
	}
	delivered(t, w)
	if n := len(a.events(t)); n != 2 || slices.Contains(standing(w.Thread(support, parent)), "why") {
		t.Errorf("%d events; it stands in no history", n)
	}
}

func TestWhatTheWorkspaceHoldsCanBeLookedAt(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddGroup(slacktest.Group{ID: "S0SUPPORT", Users: []string{ana}})
	changed := w.Changed()
	channels, groups, users := w.Channels(), w.Groups(), w.Users()
	if len(channels) != 2 || channels[0].ID != support || len(groups) != 1 || len(users) != 2 || users[0].ID != ana {
		t.Errorf("%+v\n%+v\n%+v", channels, groups, users)
	}
	channels[0].Members[0], groups[0].Users[0] = "U0X", "U0X"
	if w.Channels()[0].Members[0] != ana || w.Groups()[0].Users[0] != ana {
		t.Error("looking changes it")
	}
	select {
	case <-changed:
		t.Error("nothing changed yet")
	default:
	}
	say(t, w, "a")
	<-changed
}

func TestCallsAreHeldToTheReference(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	ts := say(t, w, "a")
	call(t, w, "conversations.replies", "channel", support, "ts", ts, "include_all_metadata", "true")
	call(t, w, "chat.postMessage", "channel", support, "text", "a")
	if got := slacktest.Violations(w.Calls()); got != nil {
		t.Errorf("good calls: %q", got)
	}
	call(t, w, "chat.whisper")
	call(t, w, "conversations.replies", "channel", support, "depth", "3")
	call(t, w, "chat.postMessage", "channel", support)
	call(t, w, "chat.postMessage", "channel", support)
	want := []string{
		"chat.whisper is not in the reference",
		"conversations.replies has no argument depth",
		"conversations.replies lacks the argument ts",
		"chat.postMessage lacks one of the arguments attachments, blocks, markdown_text, text",
	}
	if diff := cmp.Diff(want, slacktest.Violations(w.Calls())); diff != "" {
		t.Error(diff)
	}
}
