// Package saying reads what people say to the bot when they mention it (rule 10): lengths of time and times of
// day as people write them, and the few words that ask for something else.
//
//	"<@U0BOT> 2h please, waiting for logs"
//	   │ Unquoted: quotations and code are somebody else's words
//	   ▼
//	 words, in English ─▶ one of the words? ─▶ a length? ─▶ a time of day? ─▶ a question? ─▶ other words: a snooze all the same
//
// It knows nothing of timelines: what a request does to one is decided in package escalation.
package saying
