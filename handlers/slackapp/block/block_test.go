package block_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
)

func TestWhatIsTooLongIsCutAtALineAndSaysSo(t *testing.T) {
	line := strings.Repeat("é", 999)
	got := block.Section(line, line, line, line).Text.Text
	if want := line + "\n" + line + "\n…"; got != want {
		t.Errorf("%d characters, ending %q", utf8.RuneCountInString(got), got[len(got)-10:])
	}
	if got := block.Section(strings.Repeat("x", 5000)).Text.Text; utf8.RuneCountInString(got) > block.MaxSection || !strings.HasSuffix(got, "…") {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}

func TestAnAnswerTakesAsManySectionsAsItsLinesNeed(t *testing.T) {
	line := strings.Repeat("x", 1400)
	a := block.Say(line, "", line, line)
	if n := len(a.Blocks()); n != 2 {
		t.Errorf("%d blocks", n)
	}
	if got := a.Text(); got != line+"\n"+line+"\n"+line {
		t.Errorf("%d characters", len(got))
	}
}

func TestTooManyBlocksAreCutAndItIsSaid(t *testing.T) {
	var a block.Answer
	var blocks []slack.Block
	for range 200 {
		a.Say("line")
		blocks = append(blocks, block.Rule())
	}
	if n := len(a.Blocks()); n != block.InMessage {
		t.Errorf("%d blocks in a message", n)
	}
	set := block.Modal("c", "A title that is far longer than Slack takes", "", "", blocks).Blocks.BlockSet
	last, ok := set[len(set)-1].(*slack.ContextBlock)
	if len(set) != block.InView || !ok || len(last.ContextElements.Elements) != 1 {
		t.Errorf("%d blocks in a view, ending in %T", len(set), set[len(set)-1])
	}
}

func TestAMenuKnowsWhatIsChosen(t *testing.T) {
	m := block.Menu("a", "Choose", "two", block.Option("one", "One"), block.Option("two", "Two"))
	if m.InitialOption == nil || m.InitialOption.Value != "two" {
		t.Errorf("%+v", m.InitialOption)
	}
}
