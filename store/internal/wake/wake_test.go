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
