package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/escalation/sleep"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Options are what a demo is made of.
type Options struct {
	Once    bool    // leave out all waiting
	Speed   float64 // minutes that pass in a second, as far as the machine keeps up; not with Once
	Version string
	Logger  *slog.Logger
	Out     io.Writer
	Width   int // of lines
	Colour  bool
	Listen  string // where the page is served, on loopback; "": there is none, and the demo ends with the story

	beats []beat        // nil: the story
	limit time.Duration // of Once; 0: onceTakes
}

// ErrUnexpected says that the story did not come out as it should. What is wrong has been written.
var ErrUnexpected = errors.New("the demo did not come out as it should")

const (
	// onceTakes and stopTakes bound a demo without waiting, should something get stuck. Most of that is for the
	// story: on a machine that is busy it takes many times the few seconds that it needs, and the stop does not.
	onceTakes = 2 * time.Minute
	stopTakes = 5 * time.Second
	// tick is short, for a clock that hurries.
	tick = 10 * time.Millisecond
)

// Run plays the story to its end, or until ctx ends, which is no error unless Once is set. It leaves
// nothing behind.
func Run(ctx context.Context, o Options) (err error) {
	if o.beats == nil {
		o.beats = story()
	}
	if o.Once {
		limit := cmp.Or(o.limit, onceTakes)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, fmt.Errorf("the story has not come to its end within %s", limit))
		defer cancel()
	}
	clock := newClock(curtain(), o.Speed*60)
	around, err := surround(clock)
	defer func() { err = errors.Join(err, around.Close()) }()
	if err != nil {
		return err
	}
	l, err := listenFront(o, around)
	if err != nil {
		return err
	}
	a, err := start(ctx, o, clock, around)
	if ctx.Err() != nil && err != nil {
		err = context.Cause(ctx) // wherever that cut it off
	}
	if err != nil {
		if l != nil {
			l.Close()
		}
		return err
	}
	return perform(ctx, o, l, clock, around, a)
}

// start makes the App as `serve` does, from a configuration and an environment.
func start(ctx context.Context, o Options, c *clock, around *surroundings) (*app.App, error) {
	env, err := config.ReadEnv(around.getenv, around.config)
	if err != nil {
		return nil, err
	}
	a, err := app.New(ctx, app.Options{
		Config: around.config, Env: env, Version: o.Version, Logger: o.Logger, Now: c.Now, Tick: tick,
	})
	if err != nil {
		return nil, err
	}
	m := month{
		random: rand.New(rand.NewPCG(5, 8)), workspace: around.slack.Options().Team.ID, now: c.Now(),
		conditions: replay.Conditions{Settings: &around.config.Settings, Directory: groupIDs{around.slack}},
	}
	if err := m.live(ctx, a.Store()); err != nil {
		a.Close()
		return nil, fmt.Errorf("the month before the demo: %w", err)
	}
	return a, nil
}

// perform runs the App and plays the story beside it. What came of it is said also if it breaks off,
// so the App goes on until that is done.
func perform(ctx context.Context, o Options, l net.Listener, c *clock, around *surroundings, a *app.App) error {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	playing, breakOff := context.WithCancelCause(ctx)
	defer breakOff(nil)
	ended := make(chan error, 1)
	go func() {
		err := a.Run(serving)
		breakOff(errors.New("the program ended by itself"))
		ended <- err
	}()
	p := newPage(o.Out, o.Width, o.Colour)
	b := newBoard(c, o.Speed, func() calendar.Roster { return a.Roster(around.slack.Options().Team.ID) })
	s := newStage(around, newWatcher(around, a.Store(), p, b), c)
	d := &director{clock: c, stage: s, program: a.Store(), once: o.Once, reread: a.RereadCalendar}
	f, err := openFront(o, l, around, b, pictures(a, &around.config.Settings))
	if err == nil {
		introduce(p, o, a, f.URL)
		err = run(ctx, playing, o, d, f, a)
		close(b.ended)
		err = errors.Join(err, f.Close())
	}
	stop()
	select {
	case broken := <-ended:
		return errors.Join(err, broken)
	case <-time.After(stopTakes):
		return errors.Join(err, fmt.Errorf("the program does not stop within %s", stopTakes))
	}
}

// run plays the story from the moment that the App is ready, and goes on for as long as people are at
// the page.
func run(ctx, playing context.Context, o Options, d *director, f *front, a *app.App) error {
	p := d.stage.watcher.page
	err := connect(playing, d.stage.slack, a)
	if err == nil {
		err = d.play(playing, o.beats)
	}
	if playing.Err() != nil {
		err = context.Cause(playing)
	}
	if err = conclude(ctx, o, p, d.stage, err); err != nil || f.URL == "" || ctx.Err() != nil {
		return err
	}
	p.line("\n%sThe page stays: %s%s\nCtrl-C ends it.", markBold, f.URL, markPlain)
	if err = d.stay(playing); ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// connect waits until the App is ready and does what Slack does when it is given a request URL.
func connect(ctx context.Context, w *slacktest.Workspace, a *app.App) error {
	for !ready(ctx, "http://"+a.AdminAddr()+"/readyz") {
		if err := sleep.For(ctx, lookEvery); err != nil {
			return err
		}
	}
	w.SetAppURL("http://" + a.PublicAddr())
	return w.VerifyRequestURL(ctx)
}

func ready(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func eventsURL(a *app.App) string { return "http://" + a.PublicAddr() + "/slack/events" }

// conclude says what came of the story, which ended with err, and whether it is what should have.
func conclude(ctx context.Context, o Options, p *page, s *stage, err error) error {
	all, lost := s.outcomes(context.WithoutCancel(ctx))
	if lost != nil {
		return errors.Join(err, lost)
	}
	summarise(p, s, all)
	if interrupted := errors.Is(ctx.Err(), context.Canceled); interrupted && !o.Once {
		return nil
	}
	if err == nil && s.watcher.board.played() {
		sendOff(p)
		return nil // it came out as people made it
	}
	failed := verify(p, all)
	if err != nil {
		return err
	}
	if failed > 0 {
		return ErrUnexpected
	}
	sendOff(p)
	return nil
}
