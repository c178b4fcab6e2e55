package wake

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
)

func TestAllWhoListenHearEachTopicOnceHoweverOftenItIsToldMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hub Hub
		hub.Notify("nobody listens")
		ctx, cancel := context.WithCancel(t.Context())
		var quick, slow []string
		busy := make(chan struct{})
		go func() { _ = hub.Listen(ctx, func(topic string) { quick = append(quick, topic) }) }()
		go func() {
			_ = hub.Listen(ctx, func(topic string) {
				slow = append(slow, topic)
				<-busy
			})
		}()
		synctest.Wait()
		hub.Notify("a")
		synctest.Wait()
		hub.Notify("b")
		synctest.Wait()
		hub.Notify("b", "b")
		synctest.Wait()
		close(busy)
		synctest.Wait()
		if want := []string{"a", "b", "b"}; !slices.Equal(quick, want) {
			t.Errorf("the quick one heard %v, want %v", quick, want)
		}
		if want := []string{"a", "b"}; !slices.Equal(slow, want) {
			t.Errorf("the slow one heard %v, want %v", slow, want)
		}
		cancel()
		synctest.Wait()
		if len(hub.sleepers) != 0 {
			t.Error("somebody is still listed who listens no more")
		}
	})
}

func TestAListenerIsToldWhatItAsksForAndNothingElse(t *testing.T) {
	var told []string
	all := Listener{
		Jobs:          func(queue string) { told = append(told, "jobs of "+queue) },
		Settings:      func(workspace string) { told = append(told, "settings of "+workspace) },
		Installations: func(workspace string) { told = append(told, "installations of "+workspace) },
	}
	for _, topic := range []string{Jobs("slack"), Settings("T1"), Installations("T2"), "of a newer replica"} {
		all.Hear(topic)
		Listener{}.Hear(topic)
	}
	if want := []string{"jobs of slack", "settings of T1", "installations of T2"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}
