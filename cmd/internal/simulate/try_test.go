package simulate
import ("testing";"context";"fmt";"os";"strconv";"time")
func TestTry(t *testing.T){
 n,_:=strconv.Atoi(os.Getenv("N")); e,_:=strconv.Atoi(os.Getenv("E")); s,_:=strconv.Atoi(os.Getenv("S"))
 t0:=time.Now()
 r,err:=Run(context.Background(),Config{Hotspots:n,Epochs:e,Seed:uint64(s),Cheaters:Each(0.05),Workers:2},nil)
 if err!=nil{t.Fatal(err)}
 fmt.Println(r.Beacons,r.Observations,time.Since(t0))
 for _,k:=range r.Kinds{ fmt.Printf("%-20s n=%4d claimed=%8.0f rules %.3f cut %.4f hurt %d reports %d refused %.3f\n",k.Kind,k.Stations,float64(k.Claimed)/1e8,k.CutByRules(),k.Cut(),k.Hurt,k.Reports,float64(k.Refused)/float64(k.Reports))}
}
