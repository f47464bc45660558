package server_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// surveyChild is a row of real-survey.csv with what the WHO's own program says of it.
type surveyChild struct {
	row  map[string]string
	name string
	day  time.Time // of measuring
}

// TestRealChildrenFiledByAClinicApp files all 8,060 children of real surveys, half over REST and half over gRPC, kills the server
// in the middle, files all of them again, and compares cases, findings and categories with the truth columns.
func TestRealChildrenFiledByAClinicApp(t *testing.T) {
	t.Parallel()
	children := readSurvey(t)
	dir := t.TempDir()
	first := startChild(t, dir)
	fileSurvey(t, first, children[:len(children)/2], func() { first.kill() })
	second := startChild(t, dir)
	w := attach(t, second)
	answers := fileSurvey(t, second, children, nil)

	accepted, refused, flagged := 0, map[string]int{}, 0
	for i, c := range children {
		want := c.refusal()
		if want == "" {
			accepted++
			flagged += c.compare(t, answers[i].receipt)
		} else {
			refused[want]++
		}
		if answers[i].field != want {
			t.Errorf("%s: refused for %q, want %q", c.name, answers[i].field, want)
		}
	}
	w.compareCases(t, children, accepted)
	t.Logf("%d children: %d accepted (%d with a flag), refused by field: %v", len(children), accepted, flagged, refused)
}

func readSurvey(t *testing.T) []surveyChild {
	t.Helper()
	shared := os.Getenv("SINERGI_SHARED")
	if shared == "" {
		t.Skip("SINERGI_SHARED does not name the folder of the shared data")
	}
	file, err := os.Open(filepath.Join(shared, "data/who-growth/real-survey.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var children []surveyChild
	for i, row := range rows[1:] {
		c := surveyChild{row: map[string]string{}, name: fmt.Sprintf("Anak Survei %05d", i), day: time.Now().UTC().AddDate(0, 0, -2)}
		for j, column := range rows[0] {
			c.row[column] = row[j]
		}
		children = append(children, c)
	}
	if len(children) != 8060 {
		t.Fatalf("%d rows, want 8060", len(children))
	}
	return children
}

func (c surveyChild) number(column string) (float64, bool) {
	f, err := strconv.ParseFloat(c.row[column], 64)
	return f, err == nil
}

// birth is the birth date that gives the age of the row, in days as the standard rounds them; from 60 months on the calendar's.
func (c surveyChild) birth() (time.Time, bool) {
	age, ok := c.number("age")
	switch {
	case !ok:
		return time.Time{}, false
	case c.row["age_unit"] == "months" && age >= 60:
		return c.day.AddDate(0, -int(age), 0), true
	case c.row["age_unit"] == "months":
		age *= 30.4375
	}
	return c.day.AddDate(0, 0, -int(math.Floor(age+0.5))), true
}

// refusal is the field by which the filing must be refused, empty if it must be taken.
func (c surveyChild) refusal() string {
	birth, known := c.birth()
	weight, weighed := c.number("weight_kg")
	length, measured := c.number("lenhei_cm")
	muac, armed := c.number("muac_cm")
	switch {
	case c.row["sex"] == "":
		return "newPerson.sex"
	case !known:
		return "newPerson.birthDate"
	case !weighed && !measured:
		return "measurements[0].weightKg"
	case completedMonths(birth, c.day) >= 60:
		return "measurements[0].measuredOn"
	case weighed && (weight < 0.5 || weight > 60):
		return "measurements[0].weightKg"
	case measured && (length < 30 || length > 150):
		return "measurements[0].lengthCm"
	case armed && (muac < 5 || muac > 40):
		return "measurements[0].muacCm"
	}
	return ""
}

func completedMonths(birth, on time.Time) int {
	months := (on.Year()-birth.Year())*12 + int(on.Month()-birth.Month())
	if on.Day() < birth.Day() {
		months--
	}
	return months
}

func (c surveyChild) request(i int) *pb.FileReferralRequest {
	m := &pb.NewMeasurement{MeasuredOn: c.day.Format(time.DateOnly), Oedema: c.row["oedema"] == "y"}
	set := func(to **float64, column string) {
		if f, ok := c.number(column); ok {
			*to = proto.Float64(f)
		}
	}
	set(&m.WeightKg, "weight_kg")
	set(&m.LengthCm, "lenhei_cm")
	set(&m.MuacCm, "muac_cm")
	set(&m.HeadCm, "headc_cm")
	m.Position = map[string]pb.Position_Value{"L": pb.Position_LYING, "H": pb.Position_STANDING}[c.row["measure"]]
	person := &pb.NewPerson{
		Name: c.name, Mother: &pb.Kin{Name: "Ibu " + c.name}, NikAbsence: pb.NikAbsence_NOT_ASKED,
		Sex: map[string]pb.Sex_Value{"M": pb.Sex_MALE, "F": pb.Sex_FEMALE, "": pb.Sex_UNKNOWN}[c.row["sex"]],
	}
	if birth, ok := c.birth(); ok {
		person.BirthDate = birth.Format(time.DateOnly)
	}
	return &pb.FileReferralRequest{
		RequestId: uuid.NewSHA1(uuid.NameSpaceOID, []byte(c.name)).String(), NewPerson: person,
		Measurements: []*pb.NewMeasurement{m},
	}
}

// surveyAnswer is a receipt, or the field by which the filing was refused.
type surveyAnswer struct {
	receipt *pb.FileReferralResponse
	field   string
}

// fileSurvey files children from 16 callers; half way, interrupt is called and what fails then is nobody's fault.
func fileSurvey(t *testing.T, server *child, children []surveyChild, interrupt func()) []surveyAnswer {
	t.Helper()
	conn, err := grpc.NewClient(server.served.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w := &world{t: t, served: server.served, conn: conn}
	answers := make([]surveyAnswer, len(children))
	var group sync.WaitGroup
	var once sync.Once
	for c := range 16 {
		group.Go(func() {
			for i := c; i < len(children); i += 16 {
				if interrupt != nil && i > len(children)/2 {
					once.Do(interrupt)
					return
				}
				answers[i] = w.fileOne(children[i].request(i), i%2 == 0, interrupt == nil)
			}
		})
	}
	group.Wait()
	return answers
}

func (w *world) fileOne(req *pb.FileReferralRequest, rest, strict bool) surveyAnswer {
	if rest {
		return w.fileREST(req, strict)
	}
	ctx, cancel := context.WithTimeout(bearerOf(w, "app-melati"), 20*time.Second)
	defer cancel()
	receipt, err := w.referrals().FileReferral(ctx, req)
	switch {
	case err == nil:
		return surveyAnswer{receipt: receipt}
	case status.Code(err) == codes.InvalidArgument:
		return surveyAnswer{field: firstField(err)}
	case strict:
		w.t.Error(err)
	}
	return surveyAnswer{}
}

func (w *world) fileREST(req *pb.FileReferralRequest, strict bool) surveyAnswer {
	body, err := protojson.Marshal(req)
	if err != nil {
		w.t.Error(err)
		return surveyAnswer{}
	}
	got, err := w.try("app-melati", "POST", "/v1/referrals:file", body)
	switch {
	case err != nil || got.Status >= 500:
		if strict {
			w.t.Errorf("%v: %s", err, got.Body)
		}
	case got.Status == 200:
		receipt := &pb.FileReferralResponse{}
		if err := protojson.Unmarshal(got.Body, receipt); err != nil {
			w.t.Error(err)
		}
		return surveyAnswer{receipt: receipt}
	default:
		var answer struct {
			Details []struct {
				FieldViolations []struct{ Field string } `json:"fieldViolations"`
			} `json:"details"`
		}
		if err := json.Unmarshal(got.Body, &answer); err != nil {
			w.t.Error(err)
		}
		for _, d := range answer.Details {
			if len(d.FieldViolations) > 0 {
				return surveyAnswer{field: d.FieldViolations[0].Field}
			}
		}
	}
	return surveyAnswer{}
}

// compare holds a receipt against the truth columns, and tells whether the child has a flag.
func (c surveyChild) compare(t *testing.T, receipt *pb.FileReferralResponse) int {
	t.Helper()
	if receipt == nil || len(receipt.Assessments) != 1 {
		t.Errorf("%s: no assessment", c.name)
		return 0
	}
	a := receipt.Assessments[0]
	for _, index := range []struct {
		column string
		got    *pb.IndexResult
		names  [6]string
	}{
		{"len", a.HeightForAge, [6]string{"SEVERELY_STUNTED", "STUNTED", "NORMAL_HEIGHT", "NORMAL_HEIGHT", "NORMAL_HEIGHT", "TALL"}},
		{"wei", a.WeightForAge, [6]string{"SEVERELY_UNDERWEIGHT", "UNDERWEIGHT", "NORMAL_WEIGHT", "RISK_OF_OVERWEIGHT", "RISK_OF_OVERWEIGHT", "RISK_OF_OVERWEIGHT"}},
		{"wfl", a.WeightForHeight, [6]string{"SEVERELY_WASTED", "WASTED", "WELL_NOURISHED", "RISK_OF_OVERNUTRITION", "OVERNOURISHED", "OBESE"}},
		{"bmi", a.BmiForAge, [6]string{"SEVERELY_WASTED", "WASTED", "WELL_NOURISHED", "RISK_OF_OVERNUTRITION", "OVERNOURISHED", "OBESE"}},
	} {
		want := c.category(index.column, index.names)
		if got := index.got.GetCategory().String(); got != want {
			t.Errorf("%s: category by z%s %s is %s, want %s", c.name, index.column, c.row["z"+index.column], got, want)
		}
		if z := c.row["z"+index.column]; z != "" && fmt.Sprintf("%.2f", index.got.GetZ()) != z {
			t.Errorf("%s: z%s is %.2f, want %s", c.name, index.column, index.got.GetZ(), z)
		}
	}
	var got []string
	for _, f := range receipt.Findings {
		got = append(got, f.String())
	}
	if want := c.findings(); !slices.Equal(got, want) {
		t.Errorf("%s: findings %v, want %v", c.name, got, want)
	}
	if a.Remeasure {
		return 1
	}
	return 0
}

// category is the class of a truth column, by the table of the page domain 5, written here a second time.
func (c surveyChild) category(index string, names [6]string) string {
	z, ok := c.number("z" + index)
	switch {
	case index == "wfl" && c.row["oedema"] == "y":
		return "SEVERELY_WASTED"
	case !ok:
		return "NOT_MEASURED"
	case c.row["f"+index] == "1":
		return "IMPLAUSIBLE"
	}
	for i, bound := range []float64{-3, -2} {
		if z < bound {
			return names[i]
		}
	}
	for i, bound := range []float64{1, 2, 3} {
		if z <= bound {
			return names[2+i]
		}
	}
	return names[5]
}

// findings are those of the truth columns, by the table of the page, in its order.
func (c surveyChild) findings() []string {
	birth, _ := c.birth()
	months := completedMonths(birth, c.day)
	muac, armed := c.number("muac_cm")
	armed = armed && months >= 6 && months <= 59
	below := func(index string, bound float64) bool {
		z, ok := c.number("z" + index)
		return ok && c.row["f"+index] != "1" && z < bound
	}
	high, _ := c.number("zwei")
	var all []string
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"OEDEMA", c.row["oedema"] == "y"},
		{"WFH_SEVERE", below("wfl", -3)},
		{"MUAC_SEVERE", armed && muac < 11.5},
		{"WFH_LOW", below("wfl", -2) && !below("wfl", -3)},
		{"MUAC_MODERATE", armed && muac >= 11.5 && muac < 12.5},
		{"BELOW_RED_LINE", below("wei", -3)},
		{"HFA_LOW", below("len", -2)},
		{"WFA_LOW", below("wei", -2) && !below("wei", -3)},
		{"WFA_HIGH", c.row["zwei"] != "" && c.row["fwei"] != "1" && high > 1},
	} {
		if f.ok {
			all = append(all, f.name)
		}
	}
	return all
}

// compareCases reads all cases of the register as its worker does: one for each child that was taken, of the type of its findings.
func (w *world) compareCases(t *testing.T, children []surveyChild, accepted int) {
	t.Helper()
	types := map[string]pb.CaseType_Value{}
	token := ""
	for {
		page, err := w.cases().ListCases(bearerOf(w, "gizi-cibinong"), &pb.ListCasesRequest{PageSize: 100, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range page.Cases {
			name := k.GetClient().GetFullName()
			if _, twice := types[name]; twice {
				t.Errorf("%s has two cases", name)
			}
			types[name] = k.GetType()
		}
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	if len(types) != accepted {
		t.Errorf("%d cases, want %d", len(types), accepted)
	}
	count := map[string]int{}
	for _, c := range children {
		if c.refusal() != "" {
			continue
		}
		want := pb.CaseType_GROWTH_MONITORING
		if len(c.findings()) > 0 {
			want = pb.CaseType_CHILD_NUTRITION_RISK
		}
		if types[c.name] != want {
			t.Errorf("%s: case %s, want %s", c.name, types[c.name], want)
		}
		count[want.String()]++
	}
	t.Log(strings.TrimSpace(fmt.Sprint(count)))
}
