<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.28" styleCategories="Symbology|Temporal|MapTips">
  <temporal enabled="1" mode="4" startExpression="to_datetime(&quot;date_start&quot;)" endExpression="to_datetime(&quot;date_end&quot;) + to_interval('1 day')" limitMode="0" startField="date_start" endField="date_end" durationField="" durationUnit="d" fixedDuration="0" accumulate="0">
    <fixedRange><start></start><end></end></fixedRange>
  </temporal>
  <renderer-v2 type="categorizedSymbol" attr="attacker" symbollevels="0" forceraster="0" enableorderby="0">
    <categories>
      <category value="UKR" symbol="0" label="attacker UKR" render="true"/>
      <category value="RUS" symbol="1" label="attacker RUS" render="true"/>
      <category value="" symbol="2" label="other, or unknown" render="true"/>
    </categories>
    <symbols>
      <symbol name="0" type="marker" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleMarker" enabled="1" locked="0" pass="0"><Option type="Map">
          <Option name="name" type="QString" value="circle"/><Option name="color" type="QString" value="0,114,178,200"/>
          <Option name="outline_color" type="QString" value="255,255,255,255"/><Option name="size" type="QString" value="2.6"/>
        </Option></layer>
      </symbol>
      <symbol name="1" type="marker" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleMarker" enabled="1" locked="0" pass="0"><Option type="Map">
          <Option name="name" type="QString" value="diamond"/><Option name="color" type="QString" value="213,94,0,200"/>
          <Option name="outline_color" type="QString" value="255,255,255,255"/><Option name="size" type="QString" value="2.8"/>
        </Option></layer>
      </symbol>
      <symbol name="2" type="marker" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleMarker" enabled="1" locked="0" pass="0"><Option type="Map">
          <Option name="name" type="QString" value="square"/><Option name="color" type="QString" value="110,110,110,200"/>
          <Option name="outline_color" type="QString" value="255,255,255,255"/><Option name="size" type="QString" value="2.4"/>
        </Option></layer>
      </symbol>
    </symbols>
  </renderer-v2>
  <mapTip>[% format_date("date_start", 'yyyy-MM-dd') %] [% replace("place", map('&amp;', '&amp;amp;', '&lt;', '&amp;lt;')) %]</mapTip>
  <layerGeometryType>0</layerGeometryType>
</qgis>
