package window

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// act is what a person does. What they look at is in the address, and no part of the form.
type act struct {
	user    string
	channel string // that they look at
	form    url.Values
}

func (a act) get(name string) string { return a.form.Get(name) }

// maxForm is room for the largest modal there is.
const maxForm = 512 << 10

// acting serves what a person does. What there is to say about it is the answer's text: nothing mostly,
// since what changes shows itself.
func (w *Window) acting(do func(act) (string, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(rw, r.Body, maxForm)
		if err := r.ParseMultipartForm(maxForm); err != nil && !errors.Is(err, http.ErrNotMultipart) {
			http.Error(rw, "That was too much, or not readable.", http.StatusBadRequest)
			return
		}
		l := w.lookOf(r)
		said, err := do(act{user: l.user, channel: l.channel, form: r.PostForm})
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if err != nil {
			rw.WriteHeader(http.StatusUnprocessableEntity)
			said = sentence(err)
		}
		_, _ = rw.Write([]byte(said))
	}
}

// sentence is an error as people read it.
func sentence(err error) string {
	first, size := utf8.DecodeRuneInString(err.Error())
	return string(unicode.ToUpper(first)) + err.Error()[size:] + "."
}

// failed is what Slack shows people when the app did not take something.
func failed(a slacktest.Ack) error {
	if a.OK() {
		return nil
	}
	return fmt.Errorf("the app did not answer as it should (%s), so nothing has changed", strings.ReplaceAll(a.Failure, "_", " "))
}

// say posts what a person types, in a channel or in a thread: words, or a command.
func (w *Window) say(a act) (string, error) {
	channel, thread, text := a.get("channel"), a.get("thread"), strings.TrimSpace(a.get("text"))
	switch {
	case text == "":
		return "", nil
	case strings.HasPrefix(text, "/") && thread != "":
		return "", errors.New("commands are for channels, not for threads")
	case strings.HasPrefix(text, "/"):
		return w.command(a, channel, text)
	}
	w.Play.Touched(channel, thread)
	_, err := w.Slack.PostAs(a.user, channel, slacktest.Message{ThreadTS: thread, Text: w.markup(text)})
	return "", err
}

// looking are the commands that change nothing.
var looking = map[string]bool{"/sla": true, "/sla all": true, "/sla who": true, "/sla hours": true, "/sla report 30d": true, "/sla help": true}

func (w *Window) command(a act, channel, text string) (string, error) {
	name, rest, _ := strings.Cut(text, " ")
	if !looking[strings.Join(strings.Fields(text), " ")] {
		w.Play.Touched("", "")
	}
	ack, err := w.Slack.Command(a.user, channel, name, rest)
	if err != nil {
		return "", err
	}
	return "", failed(ack)
}

var atName = regexp.MustCompile(`@([\p{L}][\p{L}\p{N} _-]*)`)

// markup writes what people type as Slack keeps it: names as ids.
func (w *Window) markup(text string) string {
	c := w.crowd()
	ids := map[string]string{}
	for _, u := range c.users {
		ids[strings.ToLower(u.Name)] = "<@" + u.ID + ">"
	}
	for _, g := range c.groups {
		ids[strings.ToLower(g.Handle)] = "<!subteam^" + g.ID + ">"
	}
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	return atName.ReplaceAllStringFunc(text, func(s string) string {
		for end := len(s); end > 1; end-- { // the longest name that there is
			if id, ok := ids[strings.ToLower(s[1:end])]; ok {
				return id + s[end:]
			}
		}
		return s
	})
}

// press presses a control of a message, a modal or a home tab, or chooses in it.
func (w *Window) press(a act) (string, error) {
	at := slacktest.Container{Channel: a.get("channel"), TS: a.get("ts"), View: a.get("view")}
	c := slacktest.Control{Action: a.get("action"), Block: a.get("block")}
	filled := filledIn(a.form)
	for _, name := range []string{c.Block, c.Action} {
		if chosen, ok := filled[name]; ok {
			c.Chosen = chosen
		}
	}
	if err := w.fillModal(a.user, at.View, filled); err != nil {
		return "", err
	}
	w.touch(at)
	ack, err := w.Slack.Press(a.user, at, c)
	if err != nil {
		return "", err
	}
	return "", failed(ack)
}

// fillModal fills in what is in a modal beside what is pressed in it.
func (w *Window) fillModal(user, view string, filled slacktest.Values) error {
	for _, v := range w.Slack.Views(user) {
		if v.ID == view {
			return w.Slack.Fill(user, view, filled)
		}
	}
	return nil
}

// touch reports a press to the play: in a thread, or, in a view, on what that is about.
func (w *Window) touch(at slacktest.Container) {
	if at.View != "" {
		w.Play.Touched("", "")
		return
	}
	thread := at.TS
	if all := w.Slack.Thread(at.Channel, at.TS); len(all) > 0 {
		thread = all[0].TS
	} else { // one that only its reader sees
		for _, e := range w.Slack.Ephemerals("") {
			if e.Channel == at.Channel && e.TS == at.TS {
				thread = e.ThreadTS
			}
		}
	}
	w.Play.Touched(at.Channel, thread)
}

// filledIn are the values of a form's controls: v:NAME one each, n:NAME says that there may be none.
func filledIn(form url.Values) slacktest.Values {
	filled := slacktest.Values{}
	for key, values := range form {
		if name, ok := strings.CutPrefix(key, "n:"); ok && filled[name] == nil {
			filled[name] = []string{}
		}
		if name, ok := strings.CutPrefix(key, "v:"); ok {
			var chosen []string
			for _, v := range values {
				if v != "" {
					chosen = append(chosen, strings.ReplaceAll(v, "\r\n", "\n"))
				}
			}
			filled[name] = chosen
		}
	}
	return filled
}

// submit submits a modal. What the app refuses is shown beside its fields, by whoever renders it.
func (w *Window) submit(a act) (string, error) {
	w.Play.Touched("", "")
	ack, err := w.Slack.Submit(a.user, a.get("view"), filledIn(a.form))
	if err != nil {
		return "", err
	}
	return "", failed(ack)
}

func (w *Window) close(a act) (string, error) {
	ack, err := w.Slack.CloseView(a.user, a.get("view"))
	if err != nil {
		return "", err
	}
	return "", failed(ack)
}

func (w *Window) home(a act) (string, error) { return "", w.Slack.OpenHome(a.user) }

func (w *Window) ticket(a act) (string, error) {
	return "", w.Play.Post(NewTicket{
		Channel: a.get("channel"), Customer: a.get("customer"), Subject: a.get("subject"), Priority: a.get("priority"), Type: a.get("type"), App: a.get("app"),
	})
}

// burst has many tickets posted at once, in the channel that is looked at.
func (w *Window) burst(a act) (string, error) { return w.Play.Burst(a.channel) }

func (w *Window) reply(a act) (string, error) {
	return "", w.Play.Reply(a.user, a.get("ticket"))
}

func (w *Window) speed(a act) (string, error) { return "", w.Play.SetSpeed(Speed(a.get("speed"))) }

func (w *Window) jump(act) (string, error) { return "", w.Play.Jump() }
