package slacktest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestPostMessageReadsFormAndJSONAlike(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	metadata := slack.SlackMetadata{EventType: "slabuddy", EventPayload: map[string]any{"job": "j1"}}
	section := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "Wake <@U0ANA>", false, false), nil, nil)
	_, _, err := client(w).PostMessageContext(t.Context(), support, slack.MsgOptionText("Wake up", false),
		slack.MsgOptionTS(parent), slack.MsgOptionBlocks(section), slack.MsgOptionMetadata(metadata))
	ok(t, err)

	body := fmt.Sprintf(`{"channel":%q,"thread_ts":%q,"text":"Wake up","unfurl_links":false,
		"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"Wake <@U0ANA>"}}],
		"metadata":{"event_type":"slabuddy","event_payload":{"job":"j1"}}}`, support, parent)
	r := must(http.NewRequest(http.MethodPost, slacktest.APIURL+"chat.postMessage", strings.NewReader(body)))(t)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Authorization", "Bearer "+w.Options().Token)
	_, answer := do(t, w, r)
	if answer["ok"] != true || answer["warning"] != nil {
		t.Fatalf("answer: %v", answer)
	}

	thread := w.Thread(support, parent)
	if len(thread) != 3 {
		t.Fatalf("the thread holds %d messages, want 3", len(thread))
	}
	form, asJSON := thread[1], thread[2]
	if form.ThreadTS != parent || form.User != bot || form.BotID != "B0SLABUDDY" || form.BotProfile == nil {
		t.Errorf("posted by form: %+v", form)
	}
	var blocks []map[string]any
	ok(t, json.Unmarshal(form.Blocks, &blocks))
	if blocks[0]["block_id"] == nil {
		t.Error("Slack gives every block an id")
	}
	asJSON.TS, asJSON.Blocks, form.Blocks = form.TS, nil, nil
	if diff := cmp.Diff(form, asJSON); diff != "" {
		t.Errorf("form and JSON differ:\n%s", diff)
	}
}

func TestPostMessageAnswersWithTheMessageAsItStands(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	answer := call(t, w, "chat.postMessage", "channel", support, "text", "a < b & c")
	message := answer["message"].(map[string]any)
	for name, want := range map[string]any{
		"type": "message", "text": "a < b & c", "user": bot, "bot_id": "B0SLABUDDY", "app_id": "A0SLABUDDY",
		"team": "T0SLABUDDY", "ts": answer["ts"],
	} {
		if message[name] != want {
			t.Errorf("message.%s = %v, want %v", name, message[name], want)
		}
	}
	if answer["channel"] != support || message["thread_ts"] != nil {
		t.Errorf("answer: %v", answer)
	}
}

func TestPostMessageRefusals(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	w.AddChannel(slacktest.Channel{ID: "C0ARCHIVED", Archived: true})
	w.AddChannel(slacktest.Channel{ID: "C0ELSEWHERE", NoBot: true})
	w.AddChannel(slacktest.Channel{ID: "G0HIDDEN", NoBot: true, Private: true})
	w.AddUser(slacktest.User{ID: "U0BO"})
	ok(t, w.Join("U0BO", support))
	joined := w.History(support)[0].TS
	many := "[" + strings.Repeat(`{"type":"divider"},`, 50) + `{"type":"divider"}]`
	attachments := "[" + strings.Repeat(`{"text":"a"},`, 100) + `{"text":"a"}]`
	tests := map[string]struct {
		args []string
		want string
	}{
		"a channel that is not there":   {[]string{"channel", "C0NOWHERE", "text", "a"}, "channel_not_found"},
		"a private channel without us":  {[]string{"channel", "G0HIDDEN", "text", "a"}, "channel_not_found"},
		"a public channel without us":   {[]string{"channel", "C0ELSEWHERE", "text", "a"}, "not_in_channel"},
		"an archived channel":           {[]string{"channel", "C0ARCHIVED", "text", "a"}, "is_archived"},
		"nothing to say":                {[]string{"channel", support}, "no_text"},
		"nothing in empty lists":        {[]string{"channel", support, "blocks", "[]", "attachments", "[]"}, "no_text"},
		"no channel":                    {[]string{"text", "a"}, "invalid_arguments"},
		"blocks that are not JSON":      {[]string{"channel", support, "blocks", "{oops"}, "invalid_blocks_format"},
		"51 blocks":                     {[]string{"channel", support, "blocks", many}, "invalid_blocks"},
		"101 attachments":               {[]string{"channel", support, "attachments", attachments}, "too_many_attachments"},
		"metadata that is not JSON":     {[]string{"channel", support, "text", "a", "metadata", "{"}, "invalid_metadata_format"},
		"metadata without its type":     {[]string{"channel", support, "text", "a", "metadata", `{"event_payload":{}}`}, "invalid_metadata_schema"},
		"metadata of unreasonable size": {[]string{"channel", support, "text", "a", "metadata", `{"event_type":"` + strings.Repeat("x", 8000) + `"}`}, "metadata_too_large"},
		"a reply to somebody's joining": {[]string{"channel", support, "text", "a", "thread_ts", joined}, "cannot_reply_to_message"},
	}
	before := len(w.History(support))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := call(t, w, "chat.postMessage", test.args...)["error"]; got != test.want {
				t.Errorf("error = %v, want %s", got, test.want)
			}
		})
	}
	if n := len(w.History(support)); n != before {
		t.Errorf("%d refused messages stand", n-before)
	}
}

func TestTooLongTextIsPostedShortenedWithAWarning(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	answer := call(t, w, "chat.postMessage", "channel", support, "text", strings.Repeat("ü", 40_001))
	if answer["ok"] != true || answer["warning"] != "message_truncated" {
		t.Errorf("ok %v, warning %v", answer["ok"], answer["warning"])
	}
	if got := w.History(support)[0].Text; got != strings.Repeat("ü", 40_000) {
		t.Errorf("%d bytes stand", len(got))
	}
	if answer := call(t, w, "chat.postMessage", "channel", support, "text", strings.Repeat("ü", 40_000)); answer["warning"] != nil {
		t.Errorf("warning about 40,000 characters: %v", answer["warning"])
	}
}

func TestReplyToADeletedMessageIsPostedToTheChannelItself(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	ok(t, w.Delete(support, parent))
	answer := call(t, w, "chat.postMessage", "channel", support, "text", "Wake up", "thread_ts", parent, "reply_broadcast", "true")
	message := answer["message"].(map[string]any)
	if answer["ok"] != true || message["thread_ts"] != nil || message["subtype"] != nil {
		t.Errorf("answer: %v", answer)
	}
	if diff := cmp.Diff([]string{"Wake up"}, standing(w.History(support))); diff != "" {
		t.Error(diff)
	}
	if got := call(t, w, "conversations.replies", "channel", support, "ts", parent)["error"]; got != "thread_not_found" {
		t.Errorf("replies: %v", got)
	}
}

func TestADeletedMessageWithRepliesKeepsItsThread(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	first := reply(t, w, parent, "Looking")
	ok(t, w.Delete(support, parent))
	reply(t, w, parent, "Done")
	want := []string{"This message was deleted.", "Looking", "Done"}
	if diff := cmp.Diff(want, standing(w.Thread(support, parent))); diff != "" {
		t.Error(diff)
	}
	ok(t, w.Delete(support, first))
	if diff := cmp.Diff([]string{"This message was deleted.", "Done"}, standing(w.Thread(support, parent))); diff != "" {
		t.Error(diff)
	}
}

func TestReplyToAReplyJoinsItsThread(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	first := reply(t, w, parent, "Looking")
	call(t, w, "chat.postMessage", "channel", support, "text", "Wake up", "thread_ts", first)
	if diff := cmp.Diff([]string{"New ticket", "Looking", "Wake up"}, standing(w.Thread(support, parent))); diff != "" {
		t.Error(diff)
	}
}

func TestBroadcastReplyStandsInBothPlacesWithItsRoot(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	call(t, w, "chat.postMessage", "channel", support, "text", "Everybody", "thread_ts", parent, "reply_broadcast", "true")
	if diff := cmp.Diff([]string{"New ticket", "Everybody"}, standing(w.Thread(support, parent))); diff != "" {
		t.Error(diff)
	}
	shown := w.History(support)
	if len(shown) != 2 || shown[1].Subtype != "thread_broadcast" || shown[1].Root == nil || shown[1].Root.ReplyCount != 1 {
		t.Errorf("in the channel: %+v", shown)
	}
}

func TestUpdate(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	foreign := say(t, w, "mine")
	own := must(post1(call(t, w, "chat.postMessage", "channel", support, "text", "one",
		"blocks", `[{"type":"divider"}]`, "metadata", `{"event_type":"e","event_payload":{}}`)))(t)

	for want, args := range map[string][]string{
		"message_not_found":   {"ts", "1.000000", "text", "a"},
		"cant_update_message": {"ts", foreign, "text", "a"},
		"msg_too_long":        {"ts", own, "text", strings.Repeat("x", 4001)},
		"no_text":             {"ts", own},
		"invalid_blocks":      {"ts", own, "blocks", `[{"type":"nonsense"}]`},
	} {
		if got := call(t, w, "chat.update", append(args, "channel", support)...)["error"]; got != want {
			t.Errorf("error = %v, want %s", got, want)
		}
	}
	_, _, _, err := client(w).UpdateMessageContext(t.Context(), support, own, slack.MsgOptionText("two", false))
	ok(t, err)
	got := w.History(support)[1]
	if got.Text != "two" || got.Blocks != nil || got.Edited == nil || got.Metadata == nil {
		t.Errorf("text alone replaces text and blocks, and keeps metadata: %+v", got)
	}
	call(t, w, "chat.update", "channel", support, "ts", own, "text", "three", "metadata", "{}")
	if got := w.History(support)[1]; got.Metadata != nil {
		t.Error("an empty object removes the metadata")
	}
	ok(t, w.Archive(support))
	if got := call(t, w, "chat.update", "channel", support, "ts", own, "text", "a")["error"]; got != "is_inactive" {
		t.Errorf("in an archived channel: %v", got)
	}
}

func post1(answer map[string]any) (ts string, err error) {
	if answer["ok"] != true {
		return "", fmt.Errorf("refused: %v", answer["error"])
	}
	return answer["ts"].(string), nil
}

func TestPostingAsNobodyOrNowhereIsRefused(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	if _, err := w.PostAs("U0NOBODY", support, slacktest.Message{Text: "a"}); err == nil {
		t.Error("nobody posted")
	}
	if _, err := w.PostAs(ana, "C0NOWHERE", slacktest.Message{Text: "a"}); err == nil {
		t.Error("posted nowhere")
	}
	for name, err := range map[string]error{
		"edit": w.Edit(support, "1.000000", "a"), "delete": w.Delete(support, "1.000000"), "archive": w.Archive("C0NOWHERE"),
	} {
		if err == nil {
			t.Errorf("%s of nothing", name)
		}
	}
	if w.Thread(support, "1.000000") != nil || w.Thread("C0NOWHERE", "1.000000") != nil || w.History("C0NOWHERE") != nil {
		t.Error("something stands where nothing is")
	}
}
