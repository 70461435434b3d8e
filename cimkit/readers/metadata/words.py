"""The fields of a metadata record, and the names that people write for them.

Fields follow ISO 19115 and GB/T 19710 (its Chinese adoption) in substance; the names accepted are those of the English
and Chinese vocabularies of these standards, of FGDC's and Dublin Core's short names, and of common platform forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

__all__ = ["FIELDS", "field_of"]

#: Field -> the names written for it, folded by `_fold`, parted by spaces.
FIELDS: Mapping[str, str] = {
    "identifier": """identifier fileidentifier metadataidentifier id uuid guid
        标识 标识符 元数据标识符 数据标识 数据集编号 编号 唯一标识""",
    "title": """title name datasetname resourcetitle
        数据集名称 名称 标题 题名 数据名称 产品名称 成果名称 图层名称 资源名称""",
    "abstract": """abstract description summary
        摘要 数据摘要 数据集摘要 简介 描述 说明 内容描述 数据说明""",
    "date": """date datadate currency acquisitiondate caldate
        日期 数据日期 时相 现势性 数据时间 数据时相 现势性日期 数据现势性 采集日期 采集时间 数据采集时间
        航摄日期 航摄时间""",
    "date_created": """datecreated created creationdate createdate
        生产日期 生产时间 创建日期 创建时间 完成日期 完成时间 制作日期 制作时间""",
    "date_published": "datepublished published publicationdate pubdate issued 发布日期 发布时间 出版日期",
    "date_revised": """daterevised revised revisiondate modified updatedate updatetime
        更新日期 更新时间 修订日期 最近更新""",
    "metadata_date": """metadatadate datestamp metd
        元数据日期 元数据时间 元数据创建日期 元数据创建时间 元数据更新日期 建立元数据日期""",
    "producer": """producer organisation organization organisationname responsibleparty creator origin publisher
        author 生产单位 数据生产单位 制作单位 负责单位
        责任单位 单位名称 数据提供单位 提供单位 建设单位 所有者 产权单位 数据所有单位""",
    "contact": "contact contactname contactperson individualname cntper 联系人 联系人姓名 负责人",
    "contact_details": """contactdetails phone telephone voice email electronicmailaddress cntvoice cntemail
        联系电话 电话 联系方式 电子邮箱 邮箱 电子邮件""",
    "west": "west westboundlongitude westbc xmin minx 最小经度 最西经度 西边经度 西边界经度 西",
    "east": "east eastboundlongitude eastbc xmax maxx 最大经度 最东经度 东边经度 东边界经度 东",
    "south": "south southboundlatitude southbc ymin miny 最小纬度 最南纬度 南边纬度 南边界纬度 南",
    "north": "north northboundlatitude northbc ymax maxy 最大纬度 最北纬度 北边纬度 北边界纬度 北",
    "crs": """crs srs epsg referencesystem spatialreference coordinatesystem
        坐标系 坐标系统 坐标参考系 坐标参照系统 空间参照系 空间参考 参照系 坐标系名称 平面坐标系 平面坐标系统
        大地基准 所采用大地基准""",
    "height_datum": "heightdatum verticaldatum verticalcrs 高程基准 高程系 高程系统 高程系名称 垂直基准",
    "scale": "scale denominator equivalentscale scaledenominator 比例尺 比例尺分母 等效比例尺",
    "resolution": """resolution distance gsd spatialresolution
        分辨率 地面分辨率 空间分辨率 影像分辨率 影像地面分辨率 格网间距 格网尺寸""",
    "lineage": "lineage statement source procdesc provenance 数据志 数据志说明 数据源 数据来源 来源 生产过程 处理过程",
    "quality": """quality dataquality accuracy positionalaccuracy
        数据质量 质量 质量评价 质量说明 数据质量概述 精度 位置精度 平面精度 质量结论 验收结论""",
    "secrecy": """secrecy classification security securityclassification accessrights secclass
        密级 数据密级 保密等级 涉密等级 安全等级 安全限制 安全限制分级""",
    "category": "category topiccategory theme subject themekey 专题类别 专题 分类 数据分类 类别 数据类别 门类",
    "level": "level cimlevel lod 级别 cim级别 cim等级 层级 模型级别 模型等级 精细度",
    "version": "version edition 版本 版本号",
    "update": """update updatefrequency maintenancefrequency maintenanceandupdatefrequency
        更新频率 更新周期 维护和更新频率""",
    "language": "language 语种 语言 数据集语种",
    "format": "format dataformat formatname distributionformat 格式 数据格式 存储格式 分发格式",
    "describes": """describes datafile filename dataset layer layername ftname
        文件名 文件名称 数据文件 数据文件名 数据文件名称 数据集 图层 对应数据 图幅号""",
}

_OF_NAME = {name: field for field, names in FIELDS.items() for name in names.split()}
_BETWEEN = re.compile(r"[\s_\-.:：/（）()\[\]]+")


def field_of(name: str) -> str | None:
    """The field that a written name means, whatever its width, case, spaces and hyphens; None: none of them."""
    return _OF_NAME.get(_BETWEEN.sub("", unicodedata.normalize("NFKC", name)).casefold())
