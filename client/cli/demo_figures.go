package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// weekly is what comes in each week of the past.
var weekly = []errand{
	{"POS-MELATI-3", "32.01.01", 0, ""},
	{"PKM-CITEUREUP", "32.01.03", pb.ReferralServiceType_SPECIALIST_PEDIATRIC, "RSUD-CIBINONG"},
	{"POS-MELATI-3", "32.01.01", 0, ""},
	{"DINSOS", "32.01.01", pb.ReferralServiceType_CASE_MANAGEMENT, "UPTD-PPA"},
	{"POS-MELATI-3", "32.01.01", 0, ""},
}

// past gives the regency more than a year behind it: each week's work is done, and what time brings about is done each four weeks, so that
// months, quarters and a year are closed, counted and published about in their time.
func (s *stage) past(ctx context.Context, people *people) (filed int) {
	week := 0
	for behind := history; behind > recent && s.err == nil; behind -= 7 * storyDay {
		for i, work := range weekly {
			s.clock.reach(behind - time.Duration(i)*storyDay)
			s.ordinary(ctx, people, work, true)
			filed++
		}
		if week++; week%4 == 0 {
			s.swept(ctx)
		}
	}
	return filed
}

// swept does what is due by the regency's clock.
func (s *stage) swept(ctx context.Context) {
	if s.err != nil || s.at.Sweep == nil {
		return
	}
	if err := s.at.Sweep(ctx); err != nil {
		s.fail(fmt.Errorf("what is due: %w", err))
	}
}

// figures shows who may count, and what: each unit its own work, an office what it oversees, and everybody what was released.
func (s *stage) figures(ctx context.Context) {
	s.title("C. Who may count: a unit its own work, an office what it oversees, everybody what was released")
	s.swept(ctx)
	head, office := s.person(ctx, "DINSOS", "SUPERVISOR", 0), s.person(ctx, "DINKES", "SUPERVISOR", 0)
	statistician, kader := s.person(ctx, "DINKES", "STATS", 0), s.person(ctx, "POS-MELATI-3", "INTAKE", 0)

	caseload := ask[*pb.StatisticsTable](ctx, s, head, "StatisticsService/QueryLive", &pb.QueryLiveRequest{Table: "caseload"})
	s.holds(sum(caseload) > 0 && has(caseload, "E"), "the head of a unit counts its own open cases, now and exactly")
	refused[*pb.StatisticsTable](ctx, s, statistician, "StatisticsService/QueryLive", &pb.QueryLiveRequest{Table: "caseload"},
		pb.ErrorReason_ACTION_NOT_ALLOWED, "who works with released figures has no others")
	month := s.clock.now().Add(-begins - 4*storyDay).In(wib).Format("2006-01")
	weighed := ask[*pb.StatisticsTable](ctx, s, office, "StatisticsService/QueryOverseen", &pb.QueryOverseenRequest{Table: "skdn-posyandu-month", Period: month})
	s.holds(sum(weighed) > 0 && has(weighed, "E"), "the health office counts the weighings below it, as of six in the morning")

	children := &pb.QueryReleasedRequest{
		Dataset: "stunting-kecamatan-quarter", Dimension: []string{"periode:LAST_4_QUARTERS", "kecamatan:32.01.01"}, SkipMeta: true,
	}
	first := ask[*pb.StatisticsTable](ctx, s, statistician, "StatisticsService/QueryReleased", children)
	s.holds(len(first.GetRows()) > 0 && has(first, "B") && !has(first, "E"), "quarters are released: in steps of 5, and 0–9 where there are few")
	again := ask[*pb.StatisticsTable](ctx, s, kader, "StatisticsService/QueryReleased", children)
	s.holds(proto.Equal(first, again), "and everybody reads the same")
	victims := ask[*pb.StatisticsTable](ctx, s, statistician, "StatisticsService/QueryReleased", &pb.QueryReleasedRequest{Dataset: "kdrt-year", SkipMeta: true})
	s.holds(len(victims.GetRows()) > 0 && len(victims.GetRelease()) == len(victims.GetRows()), "the year's victims are one figure of the whole regency, signed")
}

func sum(table *pb.StatisticsTable) (n float64) {
	for _, row := range table.GetRows() {
		n += row.GetNilai()
	}
	return n
}

// has tells whether a value of the status is in a table.
func has(table *pb.StatisticsTable, status string) bool {
	return slices.ContainsFunc(table.GetRows(), func(row *pb.StatisticsRow) bool { return row.GetStatusNilai() == status })
}

// tableNews tells a table as people read it: its title, the first counts that are shown and not zero, and whether some are not shown.
func tableNews(table *pb.StatisticsTable) string {
	const most = 6
	var lines []string
	for _, row := range table.GetRows() {
		if row.GetNilai() == 0 || row.GetIndikator() != table.GetRows()[0].GetIndikator() || len(lines) > most {
			continue
		}
		if len(lines) == most {
			lines = append(lines, "…")
			continue
		}
		words := []string{
			row.GetPeriode(), row.GetNamaWilayah(), row.GetUnit(), row.GetJenisKelamin(), row.GetKelompokUmur(), row.GetKategori(), row.GetStatusKasus(),
			row.GetTingkatRisiko(), row.GetStatusRujukan(), row.GetTugas(), row.GetNilaiTampil(), row.GetSatuan(),
		}
		lines = append(lines, strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " "))
	}
	for _, row := range table.GetRows() {
		if row.Nilai == nil && row.GetNilaiTampil() != "" {
			lines = append(lines, row.GetNilaiTampil()+" elsewhere")
			break
		}
	}
	return table.GetTitle() + ": " + strings.Join(lines, " · ")
}
