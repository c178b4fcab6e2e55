package window

import (
	"html/template"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/blockkit"
)

const (
	timeOfDay = "15:04"
	lastLines = 60 // of the story
	lastPosts = 60 // in a channel; a thread is shown as a whole
)

// fragments are the parts of the page, by the ids of their elements.
func (w *Window) fragments(l look) (map[string]template.HTML, error) {
	clock, people := w.Play.Clock(), w.crowd()
	s := scene{w: w, look: l, people: people, reader: people.reader(l.user, clock.Now)}
	parts := map[string]any{
		"clock": clockOf(clock), "story": s.story(), "sidebar": s.sidebar(), "modal": s.modal(),
	}
	if l.channel == "" {
		home := s.homeTab()
		parts["main"], parts["thread"] = mainView{Home: &home}, threadView{Empty: "Threads open beside their channel."}
	} else {
		parts["main"], parts["thread"] = mainView{Channel: s.channelView()}, s.threadView()
	}
	if s.err != nil {
		return nil, s.err
	}
	out := map[string]template.HTML{}
	for id, data := range parts {
		var b strings.Builder
		if err := w.pages.ExecuteTemplate(&b, id, data); err != nil {
			return nil, err
		}
		out[id] = template.HTML(b.String())
	}
	return out, nil
}

// mainView is what is in the middle: a channel, or the home tab.
type mainView struct {
	Home    *homeView
	Channel channelView
}

// scene is what one person sees at one moment. The first error is kept.
type scene struct {
	w      *Window
	look   look
	people crowd
	reader *blockkit.Reader
	err    error
}

// keep takes over an error and passes the rest on.
func (s *scene) keep(html template.HTML, err error) template.HTML {
	if err != nil && s.err == nil {
		s.err = err
	}
	return html
}

type clockView struct {
	Day, Time string
	Speeds    []speedView
	Next      string
}

type speedView struct {
	Speed Speed
	Label string
	Says  string // for those who do not see the label's signs
	On    bool
}

func clockOf(c Clock) clockView {
	v := clockView{Day: c.Now.Format("Mon"), Time: c.Now.Format(timeOfDay)}
	for _, p := range []Speed{Paused, Real, Quick, Fast} {
		label, says, _ := strings.Cut(c.Speeds[p], "|")
		v.Speeds = append(v.Speeds, speedView{p, label, says, p == c.Speed})
	}
	if !c.Next.IsZero() {
		v.Next = c.Next.Format(timeOfDay)
	}
	return v
}

type lineView struct {
	At, Text string
	Kind     Kind
}

type storyView struct{ Lines []lineView } // the newest first

func (s *scene) story() storyView {
	var v storyView
	for _, line := range s.w.Play.Story(lastLines) {
		v.Lines = append(v.Lines, lineView{line.At.Format(timeOfDay), line.Text, line.Kind})
	}
	slices.Reverse(v.Lines)
	return v
}

// personView is somebody, as they are shown.
type personView struct {
	ID, Name string
	Initials string
	Tone     int  // of their picture's colour
	Own      bool // the bot itself
	Admin    bool
	Me       bool
	Note     string // what they are embedded with
}

const tones = 8

func person(id, name string) personView {
	sum := 0
	for _, c := range id {
		sum = (sum*31 + int(c)) % 997
	}
	initials := ""
	for i, word := range strings.Fields(name) {
		if i < 2 {
			initials += strings.ToUpper(string([]rune(word)[0]))
		}
	}
	return personView{ID: id, Name: name, Initials: initials, Tone: sum % tones}
}

type roomView struct {
	Name, About, URL, ID string
	On                   bool
}

type rosterView struct{ OnShift, Away, Off []personView }

type sidebarView struct {
	Rooms   []roomView
	HomeURL string
	AtHome  bool
	Cast    []personView
	Look    look
	In      string
	Roster  rosterView
}

func (w *Window) rooms(l look) []roomView {
	var rooms []roomView
	names := w.crowd().names
	for _, c := range w.Rooms {
		rooms = append(rooms, roomView{names[c.ID], c.About, l.at(c.ID, ""), c.ID, c.ID == l.channel})
	}
	return rooms
}

func (s *scene) sidebar() sidebarView {
	v := sidebarView{
		Rooms: s.w.rooms(s.look), HomeURL: s.look.at("", ""), AtHome: s.look.channel == "", Look: s.look,
		In: s.look.channel, Roster: s.roster(),
	}
	if v.AtHome {
		v.In = atHome
	}
	for _, u := range s.people.users {
		if slices.Contains(s.w.Cast, u.ID) {
			p := person(u.ID, u.Name)
			p.Me, p.Admin = u.ID == s.look.user, u.Admin
			v.Cast = append(v.Cast, p)
		}
	}
	slices.SortStableFunc(v.Cast, func(a, b personView) int {
		return slices.Index(s.w.Cast, a.ID) - slices.Index(s.w.Cast, b.ID)
	})
	return v
}

func (s *scene) roster() rosterView {
	var v rosterView
	r := s.w.Play.Roster()
	products, seen := map[string]string{}, map[string]bool{}
	for _, e := range r.Embedded {
		products[e.Name] = "embedded"
		if len(e.Products) > 0 {
			products[e.Name] += ": " + strings.Join(e.Products, ", ")
		}
	}
	for _, e := range r.OnShift {
		p := person(e.Slack, e.Name)
		p.Note, p.Me = products[e.Name], e.Slack == s.look.user
		v.OnShift, seen[e.Slack] = append(v.OnShift, p), true
	}
	for _, e := range r.Away {
		v.Away, seen[e.Slack] = append(v.Away, person(e.Slack, e.Name)), true
	}
	for _, id := range s.w.Cast {
		if !seen[id] {
			v.Off = append(v.Off, person(id, s.people.name(id)))
		}
	}
	return v
}

// modalView is the modal on top, if there is one.
type modalView struct {
	ID, Title, Submit, Close string
	Body                     template.HTML
	Beneath                  int
}

func (s *scene) modal() *modalView {
	stack := s.w.Slack.Views(s.look.user)
	if len(stack) == 0 {
		return nil
	}
	v := stack[len(stack)-1]
	return &modalView{
		ID: v.ID, Title: blockkit.Words(v.Title), Submit: blockkit.Words(v.Submit), Close: blockkit.Words(v.Close),
		Beneath: len(stack) - 1,
		Body: s.keep(s.w.blocks.Blocks(s.reader, v.Blocks, blockkit.Container{
			View: v.ID, Modal: true, Values: v.State.Values, Errors: v.Errors,
		})),
	}
}

type homeView struct {
	Body  template.HTML
	Empty bool
	Me    string
}

func (s *scene) homeTab() homeView {
	v, ok := s.w.Slack.Home(s.look.user)
	return homeView{
		Empty: !ok, Me: s.people.name(s.look.user),
		Body: s.keep(s.w.blocks.Blocks(s.reader, v.Blocks, blockkit.Container{View: v.ID, Values: v.State.Values})),
	}
}
