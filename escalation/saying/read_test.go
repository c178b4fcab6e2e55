package saying

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

const (
	m = time.Minute
	h = time.Hour
	d = 24 * time.Hour
)

// now is a Monday, a quarter past two in Lisbon.
var now = func() time.Time {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 3, 2, 14, 15, 0, 0, zone)
}()

// Rule 10: another length is said freely.
func TestLengthsAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"45m": 45 * m, "2h": 2 * h, "45 min": 45 * m, "45 mins.": 45 * m, "90 minutes": 90 * m, "90s": 90 * time.Second,
		"1h30m": 90 * m, "1h 30m": 90 * m, "1h30": 90 * m, "1h 30": 90 * m, "1 h 30 min": 90 * m, "1:30h": 90 * m, "1 hour 30 mins": 90 * m,
		"1.5h": 90 * m, "1,5h": 90 * m, "2.5 hours": 150 * m, "0.5h": 30 * m, "1½h": 90 * m, "½ hour": 30 * m, "1 ½ hours": 90 * m,
		"an hour": h, "one hour": h, "two hours": 2 * h, "half an hour": 30 * m, "half hour": 30 * m, "a half hour": 30 * m,
		"an hour and a half": 90 * m, "one and a half hours": 90 * m, "2 and a half hours": 150 * m, "1 hour and 15 minutes": 75 * m,
		"a quarter of an hour": 15 * m, "three quarters of an hour": 45 * m, "a couple of hours": 2 * h, "twenty minutes": 20 * m,
		"forty-five minutes": 45 * m, "1 week": 7 * d, "2 weeks": 14 * d, "2 days": 2 * d, "half a day": 12 * h, "1 day, 2 hours": 26 * h,
		"2 Stunden": 2 * h, "30 Minuten": 30 * m, "2 heures": 2 * h, "1 hora": h,
		"2h please": 2 * h, "2h please, waiting for logs": 2 * h, "2h, waiting for logs": 2 * h, "2h - waiting for logs": 2 * h, "1h because lunch": h,
		"30 min. please": 30 * m, "2h to check the logs": 2 * h, "another 2 hours": 2 * h, "snooze 2h": 2 * h, "please snooze for another 2 hours": 2 * h,
		"please wait 1 hr, thanks": h, "can you wait 2h?": 2 * h, "remind me again in 2 hours": 2 * h, "give me an hour": h, "I need 20 min more": 20 * m,
		"on it, back in 2h": 2 * h, "put it off by 1h": h, "let's wait an hour!": h, "2h more": 2 * h, "5h max": 5 * h,
		"2 more hours": 2 * h, "an hour or so": h, "two more hours please": 2 * h, "1h/2h": h, "30 more min": 30 * m,
		".5h": 30 * m, strings.Repeat("1m. ", 60): h, "wait 2h. Customer is asleep.": 2 * h, "1 Std. 30 Min.": 90 * m, ":clock3: 2h :pray:": 2 * h, "hour and a half": 90 * m, "1 and 1/2 hours": 90 * m,
		"in an hour's time": h, "in 2 hours’ time": 2 * h, "an hour ish": h, "approximately 1 hour": h, "max 2h": 2 * h, "mute for an hour": h, "pause 2h": 2 * h, "stop for 2h": 2 * h,
		"don't remind me for 2h": 2 * h, "hang on 5 min": 5 * m,
		"for the next hour": h, "within the hour": h, "the next 45 minutes": 45 * m, "next couple of hours": 2 * h, "another hour": h, "90min": 90 * m, "45'": 45 * m, "1h30'": 90 * m,
		"1/2 hour": 30 * m, "1/2h": 30 * m, "1 1/2 hours": 90 * m, "3/4 hour": 45 * m, "half-hour": 30 * m, "half-an-hour": 30 * m, "two-and-a-half hours": 150 * m,
		"twenty-five minutes": 25 * m, "a hundred minutes": 100 * m, "couple hours": 2 * h, "2-3h": 2 * h, "in 2 to 3 hours": 2 * h, "10–15 min": 10 * m,
		"gimme 20 min": 20 * m, "I'll answer in 20 minutes": 20 * m, "brb 10m": 10 * m, "can we have 2 more hours pls": 2 * h,
		"eine Stunde": h, "eine halbe Stunde": 30 * m, "in einer Stunde": h, "anderthalb Stunden": 90 * m, "zwei Stunden bitte": 2 * h, "noch 30 min": 30 * m, "eine Viertelstunde": 15 * m, "1,5 Std.": 90 * m,
		"une heure": h, "une demi-heure": 30 * m, "une heure et demie": 90 * m, "dans deux heures svp": 2 * h, "un quart d'heure": 15 * m,
		"una hora": h, "media hora": 30 * m, "una hora y media": 90 * m, "2 horas más": 2 * h, "uma hora": h, "meia hora": 30 * m, "duas horas": 2 * h,
		"*45m*": 45 * m, "`45m`": 45 * m, "– 45m.": 45 * m, "\u00a045\u00a0min": 45 * m, "45M!": 45 * m, "<@U0ANA> 45m": 45 * m,
		"2h\nCustomer is asleep": 2 * h, "please\n\n2h": 2 * h, "2h <@U0ANA> is looking": 2 * h, "2h snooze": 2 * h, "2h or 3h": 2 * h, "bitte 2 Stunden warten": 2 * h, "in einer halben Stunde": 30 * m,
		"don't ping us for 2h": 2 * h, "do not remind me for 2h": 2 * h, "1h15 tops": 75 * m, "an hour or two": h, "10 sec": 10 * time.Second,
		"2h\n&gt; the customer wrote yesterday": 2 * h, "&gt; 4h ago\n2h": 2 * h,
	} {
		for _, said := range []string{"<@U0BOT> " + text, text + " <@U0BOT|slabuddy>"} {
			if strings.HasPrefix(text, "&gt;") || strings.Contains(text, "\n&gt;") && strings.HasPrefix(said, text) {
				continue // the mention itself has to be outside the quotation
			}
			if got := Read(said, now); got != (escalation.Request{Kind: escalation.RequestSnooze, For: want}) {
				t.Errorf("%q: %+v, want %s", said, got, want)
			}
		}
	}
}

// Rule 10: until a time of day, or a day, in the asker's zone.
func TestTimesAsPeopleWriteThem(t *testing.T) {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 3, day, hour, minute, 0, 0, now.Location())
	}
	for text, want := range map[string]time.Time{
		"until 15:00": at(2, 15, 0), "till 3pm": at(2, 15, 0), "til 3 pm": at(2, 15, 0), "until 3:30pm": at(2, 15, 30), "until 15": at(2, 15, 0), "until 15h": at(2, 15, 0),
		"snooze until 15:00 please": at(2, 15, 0), "until 15:00, then I'm back": at(2, 15, 0), "at 15:00": at(2, 15, 0), "15:00": at(2, 15, 0), "10am": at(3, 10, 0),
		"until 5": at(2, 17, 0), "at 3": at(2, 15, 0), "until 15.30": at(2, 15, 30), "until 3.30pm": at(2, 15, 30), "until 12": at(3, 12, 0),
		"until 5 p.m.": at(2, 17, 0), "until after 5pm": at(2, 17, 0), "before 5pm": at(2, 17, 0), "tomorrow 9": at(3, 9, 0), "sat 10": at(7, 10, 0), "day after tomorrow": at(4, 9, 0), "bis übermorgen": at(4, 9, 0),
		"until half past three": at(2, 15, 30), "half past 3": at(2, 15, 30), "until half three": at(2, 15, 30), "till 3": at(2, 15, 0), "until a quarter to five": at(2, 16, 45),
		"until quarter past 4": at(2, 16, 15), "until ten past five": at(2, 17, 10), "until 20 to 6": at(2, 17, 40), "until five": at(2, 17, 0), "until three o'clock": at(2, 15, 0),
		"3 o'clock": at(2, 15, 0), "until 3:30": at(2, 15, 30), "3:30": at(2, 15, 30), "until 03:30": at(3, 3, 30), "until 4 this afternoon": at(2, 16, 0), "until 8 in the morning": at(3, 8, 0),
		"until 1500": at(2, 15, 0), "1500hrs": at(2, 15, 0), "until 15:00 UTC": at(2, 15, 0), "EOD": at(2, 17, 0), "until end of day": at(2, 17, 0), "for the rest of the day": at(2, 17, 0),
		"after lunch": at(3, 13, 0), "this evening": at(2, 18, 0), "tomorrow EOD": at(3, 17, 0), "tomorrow at 3": at(3, 15, 0), "next week": at(9, 9, 0), "after the weekend": at(9, 9, 0), "until Mon. 9:00": at(9, 9, 0),
		"bis halb vier": at(2, 15, 30), "bis 15 Uhr": at(2, 15, 0), "bis 15:30 Uhr": at(2, 15, 30), "15 Uhr": at(2, 15, 0), "um 15 Uhr bitte": at(2, 15, 0), "bis viertel vor fünf": at(2, 16, 45), "bis morgen": at(3, 9, 0),
		"morgen 9 Uhr": at(3, 9, 0), "bis morgen früh": at(3, 9, 0), "bis Montag": at(9, 9, 0), "bis Feierabend": at(2, 17, 0), "bis nach dem Mittagessen": at(3, 13, 0),
		"jusqu'à 17h": at(2, 17, 0), "jusqu’à 17h30": at(2, 17, 30), "jusqu'à demain": at(3, 9, 0), "à 15 heures": at(2, 15, 0), "jusqu'à trois heures et demie": at(2, 15, 30),
		"hasta las 3": at(2, 15, 0), "hasta las tres y media": at(2, 15, 30), "hasta mañana": at(3, 9, 0), "até amanhã": at(3, 9, 0), "até às 15:00": at(2, 15, 0),
		"until 3p.m.": at(2, 15, 0), "until about 3pm": at(2, 15, 0), "until 15:00\nCustomer sleeps": at(2, 15, 0), "until 3 or so": at(2, 15, 0), "15:00 (UTC)": at(2, 15, 0), "15:00, UTC": at(2, 15, 0),
		"3pm, tomorrow": at(3, 15, 0), "at 9, tomorrow": at(3, 9, 0), "3pm (Fri)": at(6, 15, 0), "tomorrow: 9:00": at(3, 9, 0), "15:00 UTC tomorrow": at(3, 15, 0), "for the weekend": at(9, 9, 0),
		"monday 3pm": at(2, 15, 0), "monday 2pm": at(9, 14, 0), "next monday 3pm": at(9, 15, 0), "2026-03-09 15:00": at(9, 15, 0), "until morning": at(3, 9, 0), "in the morning": at(3, 9, 0),
		"until Friday (holiday)": at(6, 9, 0), "until 3pm, back then": at(2, 15, 0), "bis 5.03 Uhr": at(2, 17, 3),
		"until 9:00": at(3, 9, 0), "until 14:15": at(3, 14, 15), "until noon": at(3, 12, 0), "until midnight": at(3, 0, 0),
		"tomorrow": at(3, 9, 0), "until tomorrow": at(3, 9, 0), "tomorrow 9:00": at(3, 9, 0), "tomorrow at 10": at(3, 10, 0), "tomorrow morning": at(3, 9, 0),
		"tomorrow, 10:30": at(3, 10, 30), "9:00 tomorrow": at(3, 9, 0), "until tomorrow afternoon": at(3, 14, 0), "wait till tomorrow 8am please": at(3, 8, 0),
		"friday": at(6, 9, 0), "until fri 11:00": at(6, 11, 0), "monday": at(9, 9, 0), "until next monday": at(9, 9, 0), "today 17:00": at(2, 17, 0), "until 2026-03-05": at(5, 9, 0),
	} {
		got := Read("<@U0BOT> "+text, now)
		if got.Kind != escalation.RequestSnooze || !got.Until.Equal(want) || got.Zone != "Europe/Lisbon" || got.For != 0 || got.Guessed {
			t.Errorf("%q: %+v, want until %s", text, got, want)
		}
	}
}

// Rule 10: words that ask for something else, questions, and other words, which are taken as a snooze.
func TestWhatElseIsSaid(t *testing.T) {
	plain, guessed := escalation.Request{Kind: escalation.RequestSnooze}, escalation.Request{Kind: escalation.RequestSnooze, Guessed: true}
	toBob := escalation.Request{Kind: escalation.RequestAssign, Whom: "U0BOB"}
	for text, want := range map[string]escalation.Request{
		"": plain, "snooze": plain, "please": plain, "wait please": plain, "thanks!": plain, "on it": plain,
		"looking into it": guessed, "the customer wrote 2h ago": guessed, "2h ago": guessed, "looking, see ticket 45m": guessed, "45": guessed, "90": guessed,
		"3 engineers": guessed, "1h 3 engineers": guessed, "m": guessed, "0m": guessed, "until the logs are there": guessed, "today 9:00": guessed,
		"until 2020-01-01": guessed, "25:00": guessed, "13pm": guessed, "until 15:75": guessed,
		"help": {Kind: escalation.RequestHelp}, "Help!": {Kind: escalation.RequestHelp}, "?": {Kind: escalation.RequestHelp}, "help me please": {Kind: escalation.RequestHelp},
		"can you help?": {Kind: escalation.RequestHelp}, "what is the status of this one?": {Kind: escalation.RequestHelp}, "who is on shift?": {Kind: escalation.RequestHelp},
		"status": {Kind: escalation.RequestStatus}, "status?": {Kind: escalation.RequestStatus}, "Status please": {Kind: escalation.RequestStatus},
		"*Done.*": {Kind: escalation.RequestDone}, "done, thanks": {Kind: escalation.RequestDone},
		"unsnooze": {Kind: escalation.RequestUnsnooze}, "Un-snooze!": {Kind: escalation.RequestUnsnooze}, "resume please": {Kind: escalation.RequestUnsnooze},
		"stop": {Kind: escalation.RequestStop}, "please stop!": {Kind: escalation.RequestStop}, "cancel": {Kind: escalation.RequestStop}, "stop reminding us": {Kind: escalation.RequestStop},
		"10 to 15": guessed, "until one of them replies": guessed, "until three customers wrote": guessed, "we have 2h left": guessed, "what a mess": guessed,
		"until the 5th": guessed, "until 3pm PST": guessed, "a bit": guessed, "give me 5": guessed, "remind me again": plain,
		// What is only like a time or a length is none: it would be a wrong one.
		"an hour and ten": guessed, "1-1/2 hours": guessed, "1 hour and a quarter": guessed, "one sec": guessed, "hang on a second": guessed, "don't wait 2h": guessed, "do not postpone 2h": guessed,
		"until 5/3": guessed, "until 03/05/2026": guessed, "until 05.03.": guessed, "until 5-3-2026": guessed, "until 2026/03/05": guessed, "bis 5. März": guessed, "until Sept 15": guessed,
		"until Thu 5/3": guessed, "until Friday, March 13": guessed, "bis Freitag, den 13. März": guessed, "15:00-16:00": guessed, "1:30:00": guessed,
		"3pm (PST)": guessed, "3pm, their time": guessed, "15:00 (Berlin)": guessed, "15:00 UTC-5": guessed, "3pm - EST": guessed,
		"until 5 more people reply": guessed, "until 3 or 4 customers reply": guessed, "until 2 and 3 are merged": guessed, "until the weekend": guessed, "good morning": guessed, "morning!": guessed, "this morning": guessed,
		"don't stop": {Kind: escalation.RequestUnsnooze}, "Do not mute it!": {Kind: escalation.RequestUnsnooze}, "is it open? <@U0ANA>": {Kind: escalation.RequestHelp}, "any news? thanks": {Kind: escalation.RequestHelp},
		"not done": guessed, "no reply yet": guessed, ":+1:": plain, "don't remind me": plain,
		"assign this one to <@U0BOB>": toBob, "handover to <@U0BOB>": toBob, "hand-over to <@U0BOB>": toBob, "*assign*: <@U0BOB>": toBob, "don't assign <@U0BOB>": guessed,
		"don't snooze": {Kind: escalation.RequestUnsnooze}, "cancel the snooze": {Kind: escalation.RequestUnsnooze}, "stop snoozing": {Kind: escalation.RequestUnsnooze}, "snooze off": {Kind: escalation.RequestUnsnooze},
		"resume reminders": {Kind: escalation.RequestUnsnooze}, "un-snooze this please": {Kind: escalation.RequestUnsnooze}, "wake it up": {Kind: escalation.RequestUnsnooze},
		"it's done": {Kind: escalation.RequestDone}, "erledigt": {Kind: escalation.RequestDone}, "already answered": {Kind: escalation.RequestStop}, "I replied": {Kind: escalation.RequestStop}, "close this ticket": {Kind: escalation.RequestStop},
		"stopp": {Kind: escalation.RequestStop}, "hilfe": {Kind: escalation.RequestHelp}, "how do I snooze": {Kind: escalation.RequestHelp}, "what can you do": {Kind: escalation.RequestHelp},
		"what's the status": {Kind: escalation.RequestStatus}, "who's next?": {Kind: escalation.RequestHelp}, "when is the next reminder": {Kind: escalation.RequestHelp},
		"resolved":        {Kind: escalation.RequestStop},
		"assign <@U0BOB>": toBob, "assign to <@U0BOB|bob> please": toBob, "please assign it to <@U0BOB>": toBob, "Assign this ticket to <@U0BOB>!": toBob,
		"hand over to <@U0BOB>": toBob, "hand it over to <@U0BOB>, he knows them": toBob, "reassign to <@U0BOB>": toBob, "give it to <@U0BOB>": toBob,
		"can you assign it to <@U0BOB>?": toBob, "pass this on to <@U0BOB>": toBob,
		"assign me": {Kind: escalation.RequestAssign, Whom: "me"}, "assign it to me": {Kind: escalation.RequestAssign, Whom: "me"},
		"assign @bob.": {Kind: escalation.RequestAssign, Whom: "bob"}, "assign": {Kind: escalation.RequestAssign}, "hand over": {Kind: escalation.RequestAssign},
		"give me to think": guessed, "I assigned it to dev, wait": guessed, "assigned to somebody": guessed,
	} {
		if got := Read("<@U0BOT> "+text, now); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func TestALengthIsNeverNegative(t *testing.T) {
	for _, text := range []string{"99999999999999999999h", strings.Repeat("1000d ", 1000), strings.Repeat("9", 10000) + "d", "1e9 weeks"} {
		if got := Read(text, now); got.For < 0 || !got.Guessed && got.For <= 4*h {
			t.Errorf("%.20s…: %s, want more than any snooze there is", text, got.For)
		}
	}
}

// Rule 10: what is quoted or shown as code is somebody else's word.
func TestUnquoted(t *testing.T) {
	for text, mentions := range map[string]bool{
		"<@U0BOT> 2h": true, "hello\n<@U0BOT>": true, "a &gt; b <@U0BOT>": true, "> quoted\n<@U0BOT>": true,
		"&gt; <@U0BOT> 2h": false, "> <@U0BOT>": false, "  &gt; <@U0BOT>": false, "look:\n&gt;&gt;&gt; what he said\n<@U0BOT> 2h": false,
		"write `<@U0BOT> 2h` for two hours": false, "```\n<@U0BOT> 2h\n```": false, "```<@U0BOT>": false, "`code` <@U0BOT>": true,
	} {
		if got := strings.Contains(Unquoted(text), "<@U0BOT>"); got != mentions {
			t.Errorf("%q: %t, want %t", text, got, mentions)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"<@U0BOT> 1h 30", "until 15:00", "tomorrow, 9", "&gt; quoted", "`45m`", "an hour and a half?", "1.5h, 2026-13-45", "3 pm"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := Read(text, now)
		switch {
		case r.For < 0, r.For > longest:
			t.Errorf("a length of %s", r.For)
		case !r.Until.IsZero() && (!r.Until.After(now) || r.For != 0 || r.Zone == ""):
			t.Errorf("%+v: until a time that has passed, or two things at once", r)
		case r.Kind != escalation.RequestSnooze && r != (escalation.Request{Kind: r.Kind, Whom: r.Whom}):
			t.Errorf("%+v: a snooze beside something else", r)
		case r.Guessed && (r.For != 0 || !r.Until.IsZero()):
			t.Errorf("%+v: understood and not", r)
		case r != Read(" "+text+" ", now):
			t.Error("spaces around change what is meant")
		}
	})
}

// A phrase that stood in two languages would mean now the one and now the other.
func TestEachPhraseIsOfOneLanguage(t *testing.T) {
	for first, all := range translations {
		once := map[string]bool{}
		for _, phrase := range all {
			if from := strings.Join(phrase.from, " "); once[from] {
				t.Errorf("%q (%s) stands twice", from, first)
			} else {
				once[from] = true
			}
		}
	}
}
