module github.com/sinergi-pug/sinergi

go 1.26.0
