package server

import (
	"strconv"
	"strings"
)

// path is where a walk is inside a message. It is written out only when there is a fault to tell.
type path []segment

// segment is a step of a path: a name, or an index.
type segment struct {
	name  string
	index int
}

func (p *path) push(s segment) { *p = append(*p, s) }
func (p *path) pop()           { *p = (*p)[:len(*p)-1] }

// String is the path as answers have it: measurements[1].weightKg.
func (p path) String() string {
	var b strings.Builder
	for _, s := range p {
		if s.name == "" {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
	}
	return b.String()
}
