//go:build ignore

// Makes tables.bin from the CSV files of the WHO's tables: go generate, with SINERGI_SHARED set.
//
// A row is 8 bytes, little endian: m in 1/10000 (4), s in 1/100000 (2), l in 1/10000 (2, signed); the tables stand in the
// order of the list below, boys before girls, without keys, for they have no gaps. These are all the digits that the WHO
// publishes, so nothing is lost, and a row is read where it lies: no start-up work, no second copy in memory.
package main

import (
	"encoding/binary"
	"encoding/csv"
	"log"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

var files = []string{
	"length-height-for-age", "weight-for-age", "bmi-for-age", "head-circumference-for-age", "arm-circumference-for-age",
	"weight-for-length", "weight-for-height",
}

func main() {
	log.SetFlags(0)
	var out []byte
	for _, name := range files {
		out = appendTable(out, filepath.Join(os.Getenv("SINERGI_SHARED"), "data", "who-growth", name+".csv"))
	}
	if err := os.WriteFile("tables.bin", out, 0o644); err != nil {
		log.Fatal(err)
	}
}

func appendTable(out []byte, path string) []byte {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		log.Fatal(err)
	}
	for _, sex := range []string{"M", "F"} {
		for _, row := range rows[1:] {
			if row[0] != sex {
				continue
			}
			out = binary.LittleEndian.AppendUint32(out, uint32(scaled(row[3], 1e4)))
			out = binary.LittleEndian.AppendUint16(out, uint16(scaled(row[4], 1e5)))
			out = binary.LittleEndian.AppendUint16(out, uint16(int16(scaled(row[2], 1e4))))
		}
	}
	return out
}

func scaled(text string, by float64) int {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		log.Fatal(err)
	}
	return int(math.Round(x * by))
}
