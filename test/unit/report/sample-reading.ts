/** What the script prints on a host of two CPUs that kept half of one busy for 2 s, a quarter of it the shop. */
export const PRINTED = `kernel=6.1.0
os=Debian GNU/Linux 12 (bookworm)
openssh=OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.11 19 Sep 2023
cpus=2
tick=100
sample=1000.00
stat=cpu  1000 0 1000 8000 0 0 0 0 0 0
ticks=400 shop.service
sample=1002.00
stat=cpu  1050 0 1050 8300 0 0 0 0 0 0
ticks=425 shop.service
load=0.50 0.40 0.30 1/100 4242
memtotal=1000000
memavailable=250000
disk=1000 600 200 100 25 /
disk=1000 600 200 100 25 /
disk=2000 0 2000 0 - /data disk
version=/opt/shop/VERSION=1.0.0
state=active shop.service
quota=infinity shop.service
failed=cron.service
end=1
`;
