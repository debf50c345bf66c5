"""What the line-item documents speak of: goods, units, tasks, people, firms, in English and Chinese."""

from __future__ import annotations

GOODS = {
    "en": (
        "Hex bolt M8 x 40", "Copper pipe 15 mm",
        "LED panel 600 x 600, neutral white, with driver and mounting frame",
        "Office chair", "A4 paper, 80 g, box of five reams", "Safety gloves, nitrile, size 9",
        "Ball valve DN25",
        "Network cable Cat 6A, 305 m reel, halogen-free sheath, grey", "Wall paint, matt white", "Door closer",
        "Stainless sink with drainer, left hand, including waste and overflow", "Desk lamp",
        "Cable ties 200 mm",
        "Filter cartridge for pump station 3", "Wood screws 4 x 50", "Timber batten",
        "Roof membrane EPDM 1.2 mm",
        "Extension lead 4-way", "Hand soap refill, unscented, canister", "Whiteboard marker set",
        "Roller blind",
        "Pressure gauge 0-10 bar, back entry, with calibration certificate and protective cap", "Angle bracket",
        "Thermostat", "Replacement blade for cutter, hardened", "Sealing ring 32 mm", "Garden hose",
        "Ladder 3 m",
        "Epoxy primer, two parts", "Hard hat", "Sample case, aluminium, with foam insert cut to drawing 4711-B",
        "Motor 1.5 kW", "Toner black", "Coffee beans, dark roast", "Glass cleaner", "Pallet wrap 500 mm",
    ),
    "zh": (
        "不锈钢螺栓", "镀锌钢管", "节能灯管", "办公椅", "复印纸A4", "劳保手套", "铜球阀",
        "六类网线（灰色、低烟无卤护套）",
        "内墙乳胶漆", "闭门器", "不锈钢水槽（左盆、含下水器及溢水管）", "台灯", "尼龙扎带", "三号泵站用过滤芯",
        "木螺钉", "防水卷材",
        "插线板", "洗手液补充装", "白板笔套装", "遮光卷帘", "压力表（含校准证书和保护帽、背面接口）", "角码",
        "温控器", "切割机备用刀片",
        "密封圈", "花园水管", "铝合金梯子", "环氧底漆", "安全帽", "电动机", "黑色硒鼓", "玻璃清洁剂", "缠绕膜",
        "电焊条", "轴承", "润滑油",
    ),
}  # fmt: skip
UNITS = {"en": ("pcs", "box", "m", "kg", "set", "roll"), "zh": ("个", "箱", "米", "千克", "套", "卷")}
MODELS = ("M8*40", "DN25", "KT-20", "XL-6", "A4-80", "RX-110", "T5-28W", "304-2B", "BV-2.5", "YS-04")
TASKS = {
    "en": (
        "Site survey", "Design review", "Drawing of pump house, second issue after comments of the client",
        "Meeting",
        "Programming of controller", "Commissioning", "Travel to site",
        "Report on measurements and recommendations",
        "Testing", "Training of operators", "Documentation", "Support by telephone",
    ),
    "zh": (
        "现场勘察", "方案评审", "泵房图纸绘制（按甲方意见修改第二版）", "项目会议", "控制器编程", "设备调试",
        "出差路程", "测量报告编写及建议",
        "系统测试", "操作人员培训", "资料整理", "电话支持",
    ),
}  # fmt: skip
PAYMENTS = {
    "en": (
        "Card payment Harbour Cafe", "Direct debit Northline Energy", "Transfer from J. Abara",
        "Cash withdrawal",
        "Salary Orchard Works", "Standing order rent, flat 12, Mill Street", "Card payment Pelham Books",
        "Interest", "Transfer to savings", "Refund Castle Shoes",
        "Direct debit Oakfield Insurance policy 88123",
    ),
    "zh": (
        "消费 海港咖啡馆", "代扣电费", "转账收入 张伟", "现金取款", "工资", "房租转账 磨坊街十二号", "网上购物",
        "利息", "转存", "退款", "保险扣费",
    ),
}  # fmt: skip
FIRMS = {
    "en": (
        "Alder & Finch Supplies",
        "Northgate Fittings Ltd",
        "Brook Lane Trading",
        "Veldt Industrial",
        "Corran Tools",
    ),
    "zh": ("华东建材有限公司", "明远五金商行", "新城办公用品有限公司", "宏达机电设备有限公司", "东湖贸易有限公司"),
}
PEOPLE = {
    "en": ("Ann Morley", "David Oku", "Helen Strand", "Piotr Zalewski", "Mei Tan", "Rosa Field", "Karl Lund"),
    "zh": ("张伟", "李娜", "王建国", "陈晓明", "刘洋", "赵敏", "周海涛"),
}
PAPERS = {
    "en": ("Signed contract", "Technical drawings", "Test certificates", "Insurance policy", "Price list", "Site plan"),
    "zh": ("合同副本", "技术图纸", "检验证书", "保险单", "价格表", "平面图"),
}
STREETS = {
    "en": ("7 Quarry Road, Millbrook", "Unit 4, Dock Street, Harwick", "22 Station Lane, Oldbury"),
    "zh": ("江宁区工业路18号", "滨海新区港口街6号", "高新区科技大道120号"),
}
PROSE = {
    "en": "Goods remain our property until they are paid for. Please report any damage within five working days.",
    "zh": "货物在付清货款之前归我方所有。如有损坏请在五个工作日内通知我方。",
}
SECTIONS = {
    "en": ("Part A: ground floor", "Part B: first floor", "Section 2 - workshop", "Optional equipment"),
    "zh": ("一、办公区", "二、车间部分", "第一部分 基础材料", "其他"),
}
