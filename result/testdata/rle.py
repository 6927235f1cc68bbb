# Writes rle.json: masks and what Label Studio's own encoder makes of them. Run
# it with the Python of an installed Label Studio: python rle.py rle.json
import json, random, numpy as np, sys
from label_studio_sdk.converter.brush import mask2rle, decode_rle, encode_rle
random.seed(7)
out=[]
def add(name, m, raw=None):
    m=np.array(m,dtype=np.uint8)
    rle=[int(x) for x in (raw if raw is not None else mask2rle(m))]
    dec=decode_rle(rle).reshape(m.shape[0],m.shape[1],4)[:,:,3]
    assert (dec==m).all(), name
    # runs of the mask: [value, length]
    flat=m.ravel(); runs=[]
    for v in flat:
        if runs and runs[-1][0]==int(v): runs[-1][1]+=1
        else: runs.append([int(v),1])
    out.append(dict(name=name,width=m.shape[1],height=m.shape[0],runs=runs,rle=rle,ours=raw is None))
add("one pixel",[[255]])
add("one clear pixel",[[0]])
add("a checkerboard",[[ (x+y)%2*255 for x in range(5)] for y in range(3)])
for n in (1,2,3,4,5,63,64,65,16383,16384,16385,40000):
    add(f"a run of {n} pixels",[[0]+[255]*n+[0]])
add("shades",[[x for x in range(256)]])
m=np.zeros((60,80),dtype=np.uint8)
for _ in range(6):
    x,y=random.randrange(70),random.randrange(50); m[y:y+random.randrange(1,20),x:x+random.randrange(1,30)]=255
add("rectangles",m)
# as the labeling tool writes: RGB of the label, alpha of the brush
rgba=np.zeros((6,9,4),dtype=np.uint8); rgba[1:4,2:7]=(211,66,20,255); rgba[4,3]=(1,2,3,128)
rle=encode_rle(rgba.ravel()); add("colours",rgba[:,:,3],rle)
# literal runs
def literal(words):
    bits=f"{len(words):032b}"+f"{7:05b}"+"".join(f"{x-1:04b}" for x in (3,4,8,16))
    i=0
    while i<len(words):
        n=min(len(words)-i,7); bits+="0"+"00"+f"{n-1:03b}"+"".join(f"{w:08b}" for w in words[i:i+n]); i+=n
    bits+="0"*(-len(bits)%8)
    return [int(bits[i:i+8],2) for i in range(0,len(bits),8)]
w=[[random.randrange(256) for _ in range(7)] for _ in range(4)]
add("words one by one",w,literal([v for row in w for v in row for _ in range(4)]))
with open(sys.argv[1],"w") as f:
    f.write("[\n"+",\n".join(json.dumps(o,separators=(",",":")) for o in out)+"\n]\n")
