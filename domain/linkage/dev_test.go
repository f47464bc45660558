package linkage

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var out = flag.String("out", "", "where TestDev writes its predictions")

func TestDev(t *testing.T) {
	shared := os.Getenv("SINERGI_SHARED")
	if shared == "" {
		t.Skip("SINERGI_SHARED does not name the folder of the shared data")
	}
	dir := os.Getenv("LINK_DIR")
	if dir == "" {
		dir = filepath.Join(shared, "data", "linkage", "dev")
	}
	health, protection := readDev(t, dir)
	m, subjects, cards := matcher(health, protection)
	sc := m.NewScan(subjects)
	for i := range cards {
		c := cards[i]
		sc.Card(&c)
	}
	wanted := sc.Wanted()
	for _, at := range wanted {
		c := cards[at]
		sc.Kin(at, &c)
	}
	var w *bufio.Writer
	if *out != "" {
		f, err := os.Create(*out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		w = bufio.NewWriter(f)
		defer w.Flush()
		fmt.Fprintln(w, "protection_id,health_id,relation,score")
	}
	n := 0
	for i := range subjects {
		found, settled := sc.Candidates(i)
		for k := range found {
			for h, name := range []string{"person_child", "person_mother", "household"} {
				if s := settled[k].Score[h]; s >= Floor {
					n++
					if w != nil {
						fmt.Fprintf(w, "%s,%s,%s,%.4f\n", protection[i].ID, health[found[k].At].ID, name, s)
					}
				}
			}
		}
	}
	t.Logf("%d pairs, %d wanted", n, len(wanted))
}

func readDev(t testing.TB, dir string) (health, protection []Row) {
	t.Helper()
	for _, f := range []struct {
		name string
		rows *[]Row
	}{{"health.csv", &health}, {"protection.csv", &protection}} {
		file, err := os.Open(filepath.Join(dir, f.name))
		if err != nil {
			t.Fatal(err)
		}
		if f.name == "health.csv" {
			*f.rows, err = ReadHealth(file)
		} else {
			*f.rows, err = ReadProtection(file)
		}
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	NameKecamatan(health, protection)
	return health, protection
}

func matcher(health, protection []Row) (*Matcher, []*Subject, []Card) {
	cards := make([]Card, len(health))
	count := NewRecount(7)
	for i := range health {
		health[i].Person.ID = [16]byte{1, byte(i >> 16), byte(i >> 8), byte(i)}
		cards[i] = NewCard(health[i].Person)
		count.Card(&cards[i])
	}
	asking := make([]Card, len(protection))
	for i := range protection {
		protection[i].Person.ID = [16]byte{2, byte(i >> 16), byte(i >> 8), byte(i)}
		asking[i] = NewCard(protection[i].Person)
		count.Subject(&asking[i])
	}
	m := NewMatcher(Start(), count.Counts())
	subjects := make([]*Subject, len(asking))
	for i := range asking {
		subjects[i] = m.Prepare(&asking[i])
	}
	return m, subjects, cards
}
