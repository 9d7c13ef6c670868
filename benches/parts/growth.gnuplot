# Draws what `benches/parts/growth.sh` measured: gnuplot -e "data='FILE'" growth.gnuplot > growth.svg
# A line of the file: store, sessions, start in ms, memory of the lab in MB, memory of Redis in MB.
# The background is white, so that the picture reads in light and in dark.
set terminal svg size 860,380 font 'sans-serif,13' background rgb 'white' linewidth 1.6
set multiplot layout 1,2
set logscale xy
set format x '10^{%L}'
set format y '%g'
set xlabel 'live sessions'
set xrange [600:1600000]
set grid back linecolor rgb '#d8d8d8'
set border 3
set tics nomirror
set key top left reverse Left

of(store, column) = stringcolumn(1) eq store ? column : NaN
set style line 1 linecolor rgb '#0b5cad' pointtype 7 pointsize 0.7
set style line 2 linecolor rgb '#b3400e' pointtype 5 pointsize 0.7
set style line 3 linecolor rgb '#5f6b76' pointtype 9 pointsize 0.8 dashtype 2

set key bottom left
set title 'Start until the first answer, ms'
set yrange [1:]
plot data using (of('files', $2)):3 with linespoints linestyle 1 title 'files', \
     data using (of('Redis', $2)):3 with linespoints linestyle 2 title 'Redis'

set key top left
set title 'Memory, MB'
plot data using (of('files', $2)):4 with linespoints linestyle 1 title 'lab, files', \
     data using (of('Redis', $2)):4 with linespoints linestyle 2 title 'lab, Redis', \
     data using (of('Redis', $2)):5 with linespoints linestyle 3 title 'Redis itself'
unset multiplot
