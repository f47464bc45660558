package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// What a draw leaves is one text: what was counted and how, then the values as CSV. It is signed as a whole, so a release can be checked, and
// put back after a restore, by whoever kept the file. Its first line says that it is no checkpoint.
const releaseHead = "sinergi/release/1"

// drawing is a release's text before it is written, or after it is read.
type drawing struct {
	id          casework.ID
	dataset     string
	period      string
	drawn       time.Time
	asOf        int64
	catalogue   int
	terminology string
	deadlines   string
	ledger      float64
	producer    string
	columns     []string
	rows        [][]string
}

// text writes it. Lines of the head are one name and value each.
func (d drawing) text(t *statistics.Table) (string, error) {
	var b bytes.Buffer
	b.WriteString(releaseHead + "\n")
	m := t.Metadata()
	for _, line := range [][2]string{
		{"release", named("releases", d.id)},
		{"dataset", d.dataset},
		{"period", d.period},
		{"drawn", d.drawn.UTC().Format(time.RFC3339Nano)},
		{"as_of_seq", strconv.FormatInt(d.asOf, 10)},
		{"catalogue", strconv.Itoa(d.catalogue)},
		{"terminology", d.terminology},
		{"deadlines", d.deadlines},
		{"ledger", decimal(d.ledger)},
		{"epsilon", decimal(t.Epsilon)},
		{"produsen", d.producer},
		{"konsep", m.Konsep},
		{"definisi", m.Definisi},
		{"klasifikasi", m.Klasifikasi},
		{"ukuran", m.Ukuran},
		{"satuan", m.Satuan},
		{"dasar", m.Dasar},
		{"metode", m.Metode},
		{"tampilan", m.Tampilan},
		{"batasan", m.Batasan},
	} {
		fmt.Fprintf(&b, "%s: %s\n", line[0], noteLine(line[1]))
	}
	b.WriteString("\n")
	w := csv.NewWriter(&b)
	if err := w.Write(d.columns); err != nil {
		return "", err
	}
	err := w.WriteAll(d.rows)
	return b.String(), err
}

func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// noteLine is a text that a signed note can hold in a line.
func noteLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsControl(r) }), " ")
}

var errReleaseText = errors.New("the text of a release does not parse")

// parseDrawing reads a text back.
func parseDrawing(text string) (d drawing, err error) {
	head, values, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || lines[0] != releaseHead {
		return d, errReleaseText
	}
	is := map[string]string{}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		is[name] = value
	}
	id, known := parseName("releases", is["release"])
	d = drawing{
		id: id, dataset: is["dataset"], period: is["period"], terminology: is["terminology"], deadlines: is["deadlines"], producer: is["produsen"],
	}
	var errs [4]error
	d.drawn, errs[0] = time.Parse(time.RFC3339Nano, is["drawn"])
	d.asOf, errs[1] = strconv.ParseInt(is["as_of_seq"], 10, 64)
	d.catalogue, errs[2] = strconv.Atoi(is["catalogue"])
	d.ledger, errs[3] = strconv.ParseFloat(is["ledger"], 64)
	all, err := csv.NewReader(strings.NewReader(values)).ReadAll()
	if err = errors.Join(append(errs[:], err)...); err != nil || !known || len(all) == 0 {
		return d, errReleaseText
	}
	d.columns, d.rows = all[0], all[1:]
	return d, nil
}

// signedRelease is the file: the text and the lines of its signature.
func signedRelease(text []byte, signature string) []byte {
	return append(append(append(make([]byte, 0, len(text)+1+len(signature)), text...), '\n'), signature...)
}

// terminologyVersion marks the code lists of the contract and the regency's regions, as they were when something was counted.
func terminologyVersion(d *store.Directory) string {
	h := sha256.New()
	lists, err := proto.MarshalOptions{Deterministic: true}.Marshal(protodesc.ToFileDescriptorProto(pb.File_sinergi_v1_vocabulary_proto))
	if err != nil {
		panic(err) // a message of the program itself
	}
	h.Write(lists)
	for _, r := range d.Regions() {
		fmt.Fprintln(h, r.Code, r.Name)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// deadlinesVersion marks the table of deadlines.
func deadlinesVersion(d *store.Directory) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%v", d.Deadlines)) // fmt writes maps by key
	return hex.EncodeToString(sum[:8])
}
