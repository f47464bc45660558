package server_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// secret is what somebody must not learn, for as long as it is hidden.
type secret struct {
	from   []string // accounts
	words  []string // in no byte of any answer to them
	names  []string // words kept by the scenario: what they name is answered as what never was
	search []object // searches that would find the person
}

// secretsOf are the secrets of a play.
type secretsOf struct {
	hidden []*secret
	still  []steady
	turn   int
	leak   func(format string, args ...any) // t.Errorf, but where a test shows that leaks are found
	never  sync.Map                         // the answers to what never was, by who asked and what
}

// hide makes everybody listen, after each step from now on, who must not learn something. It returns its end.
func (p *play) hide(s secret) (reveal func()) {
	p.hidden = append(p.hidden, &s)
	return func() { p.hidden = slices.DeleteFunc(p.hidden, func(h *secret) bool { return h == &s }) }
}

// steady is a question whose answer must not change by a byte, whatever else happens.
type steady struct {
	who    string
	method string
	say    object
	answer reply
}

// stays asks now, and again after each step: the answers must be the same to the byte, etag and headers included.
func (p *play) stays(who string, calls ...steady) {
	p.t.Helper()
	for _, s := range calls {
		s.who = who
		s.say, _ = p.fill(s.say).(object)
		if s.answer = p.again(s); s.answer.Status != http.StatusOK {
			p.t.Fatalf("%s %s: %d %s", who, s.method, s.answer.Status, s.answer.Body)
		}
		p.still = append(p.still, s)
	}
}

func (p *play) again(s steady) reply { return p.over(p.world, s.who, methods()[s.method], s.say) }

// share is how many take turns at listening, so that the nine scenarios take seconds: after a step one in eight listens, and at the
// end each tries an eighth of the acts. `.ci/run long acceptance` lets everybody do all, always.
const share = 8

// eavesdrop lets those listen from whom something is hidden: by each list, and by each name that they may have overheard.
func (p *play) eavesdrop() {
	all := slices.Sorted(maps.Keys(p.ears()))
	n := (len(all) + share - 1) / share
	if long("acceptance") {
		n = len(all)
	}
	var these []string
	for i := range n {
		these = append(these, all[(p.turn*n+i)%len(all)])
	}
	p.turn++
	p.listen(these, false)
}

// finish ends a play: everybody listens, and now also tries acts on every name; and the log is read.
func (p *play) finish() {
	p.listen(slices.Sorted(maps.Keys(p.ears())), true)
	for _, h := range p.hidden {
		for _, word := range h.names {
			if p.kept[word] == "" {
				p.leak("the scenario hides %s and never had it", word)
			}
		}
		for _, word := range h.words {
			if word, told := p.known(word); !told {
				p.leak("the scenario hides %s and never had it", word)
			} else if strings.Contains(p.served.Log(), word) {
				p.leak("the log tells %q", word)
			}
		}
	}
}

func (p *play) listen(who []string, acts bool) {
	ears := p.ears()
	var wait sync.WaitGroup
	for i, who := range who {
		wait.Go(func() { p.overhear(who, ears[who], acts, i) })
	}
	wait.Wait()
	for _, s := range p.still {
		if got := p.again(s); !sameButForWhen(got, s.answer) {
			p.leak("%s %s was %s, and now is %s", s.who, s.method, s.answer.Body, got.Body)
		}
	}
}

// ears are all secrets of each account together, as far as the scenario has come.
func (p *play) ears() map[string]*secret {
	ears := map[string]*secret{}
	for _, h := range p.hidden {
		for _, who := range h.from {
			if ears[who] == nil {
				ears[who] = &secret{}
			}
			ears[who].add(p, h)
		}
	}
	return ears
}

func (s *secret) add(p *play, h *secret) {
	s.search = append(s.search, h.search...)
	for _, word := range h.words {
		if word, told := p.known(word); told {
			s.words = append(s.words, word)
		}
	}
	for _, word := range h.names {
		if kept, told := p.kept[word]; told {
			_, id, _ := strings.Cut(resource(kept), "/")
			s.names, s.words = append(s.names, resource(kept)), append(s.words, id)
		}
	}
}

// known is a word of a secret with what was kept in place of {its name}.
func (p *play) known(word string) (string, bool) {
	if !strings.HasPrefix(word, "{") {
		return word, true
	}
	if kept := p.kept[strings.Trim(word, "{}")]; kept != "" {
		return kept, true
	}
	return word, false
}

func (p *play) overhear(who string, ear *secret, acts bool, nth int) {
	for _, l := range lists {
		p.silent(who, l.method, ear.words, p.over(p.world, who, methods()[l.method], l.say))
	}
	for _, say := range ear.search {
		p.silent(who, "SearchPersons", ear.words, p.over(p.world, who, methods()["SearchPersons"], say))
	}
	var wait sync.WaitGroup // a refusal waits for its commit and for the beat: together they wait once
	for _, name := range ear.names {
		wait.Go(func() { p.overhearOf(name, who, ear, acts, nth) })
	}
	wait.Wait()
}

// overhearOf asks all that can be asked about one thing: the answers are those of what never was.
func (p *play) overhearOf(name, who string, ear *secret, acts bool, nth int) {
	if acts && strings.HasPrefix(name, "referrals/") {
		p.batched(who, name)
	}
	for i, q := range questions(name, acts) {
		if acts && q.method.verb != http.MethodGet && (i+nth)%share != 0 && !long("acceptance") {
			continue
		}
		got := p.over(p.world, who, q.method, q.method.identified(q.say))
		p.silent(who, string(q.method.Name()), ear.words, got)
		if want := p.asNever(who, name, q); !sameButForWhen(got, want) {
			p.leak("%s %s of %s: %d %s, but of what never was: %d %s", who, q.method.Name(), name, got.Status, got.Body, want.Status, want.Body)
		}
	}
}

// batched asks for a leg in a batch, which answers with the name as it was asked.
func (p *play) batched(who, name string) {
	never := neverWas(name)
	ask := func(name string) reply {
		m := methods()["BatchTransition"]
		return p.over(p.world, who, m, m.identified(object{"event": "ACKNOWLEDGE", "names": []string{name}}))
	}
	got, want := ask(name), ask(never)
	got.Body = bytes.ReplaceAll(got.Body, []byte(name), []byte(never))
	if !sameButForWhen(got, want) {
		p.leak("%s BatchTransition of %s: %s, but of what never was: %s", who, name, got.Body, want.Body)
	}
}

func (p *play) silent(who, method string, words []string, got reply) {
	for _, word := range words {
		if got.tells(word) {
			p.leak("%s %s tells %q: %s", who, method, word, got.Body)
		}
	}
}

// asNever is the answer to the same question about what never was.
func (p *play) asNever(who, name string, q overheard) reply {
	key := fmt.Sprint(who, " ", q.method.Name(), len(name))
	if known, ok := p.never.Load(key); ok {
		return known.(reply)
	}
	never, say := neverWas(name), maps.Clone(q.say)
	for field, value := range say {
		if value == name {
			say[field] = never
		}
	}
	got := p.over(p.world, who, q.method, q.method.identified(say))
	if reason := got.reasonOr(); reason != "NOT_FOUND" && reason != "ACTION_NOT_ALLOWED" {
		p.leak("%s %s of what never was: %d %s", who, q.method.Name(), got.Status, got.Body)
	}
	p.never.Store(key, got)
	return got
}

// sameButForWhen holds that two answers are one, but for date and request id.
func sameButForWhen(a, b reply) bool {
	return a.Status == b.Status && bytes.Equal(a.Body, b.Body) && headerText(a.timeless()) == headerText(b.timeless())
}

func (r reply) timeless() reply {
	r.Header = r.Header.Clone()
	r.Header.Del("Date")
	r.Header.Del("X-Request-Id")
	return r
}
